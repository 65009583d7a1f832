package dev.tidemark.sqlite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Numbered transactions: inserts of very different sizes, updates, now and then a delete. The
/// number is the key of the row, so that a copy of the database tells how far it is.
final class WriteLoop extends ChildLoop {
  static final String BUSY_TIMEOUT = "PRAGMA busy_timeout=20000";

  private final SqliteProcess.Writes writes;
  private final Path journal;
  private final String url;
  private final List<String> pragmas;

  private WriteLoop(SqliteProcess.Writes writes, Path journal, String url, List<String> pragmas) {
    this.writes = writes;
    this.journal = journal;
    this.url = url;
    this.pragmas = pragmas;
  }

  static WriteLoop of(String url, String argument) {
    List<String> lines = argument.lines().toList();
    String[] parts = lines.getFirst().split(" ", 5);
    var writes =
        new SqliteProcess.Writes(
            Long.parseLong(parts[0]),
            Long.parseLong(parts[1]),
            Long.parseLong(parts[2]),
            Long.parseLong(parts[3]));
    var pragmas = lines.stream().skip(1).filter(line -> !line.isBlank()).toList();
    return new WriteLoop(writes, Path.of(parts[4]), url, pragmas);
  }

  @Override
  void work() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        OutputStream lines =
            Files.newOutputStream(journal, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      statement.execute(BUSY_TIMEOUT);
      for (String pragma : pragmas) {
        statement.execute("PRAGMA " + pragma);
      }
      statement.execute("CREATE TABLE IF NOT EXISTS writes(n INTEGER PRIMARY KEY, body BLOB)");
      long first = lastNumber(statement, "main") + 1;
      for (long i = 0; !isStopped() && (writes.commits() == 0 || i < writes.commits()); i++) {
        lines.write(commit(connection, statement, first + i).getBytes(StandardCharsets.UTF_8));
        if (writes.pauseMicros() > 0) {
          LockSupport.parkNanos(writes.pauseMicros() * 1_000);
        }
      }
    }
  }

  static long lastNumber(Statement statement, String schema) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT coalesce(max(n), 0) FROM %s.writes".formatted(schema))) {
      row.next();
      return row.getLong(1);
    }
  }

  private String commit(Connection connection, Statement statement, long number)
      throws SQLException {
    var random = new Random(writes.seed() ^ number * 0x9E37_79B9_7F4A_7C15L);
    int size = random.nextInt(20) == 0 ? random.nextInt(40_000) : random.nextInt(400);
    long before = System.nanoTime();
    statement.execute("BEGIN IMMEDIATE");
    statement.execute("INSERT INTO writes VALUES (%d, randomblob(%d))".formatted(number, size));
    if (number % 3 == 0) {
      statement.execute(
          "UPDATE writes SET body = randomblob(200) WHERE n = %d"
              .formatted(1 + random.nextLong(number)));
    }
    if (number % 11 == 0) {
      statement.execute(
          "DELETE FROM writes WHERE n BETWEEN %1$d AND %1$d + 3 AND n < %2$d"
              .formatted(1 + random.nextLong(number), number));
    }
    statement.execute("COMMIT");
    long after = System.nanoTime();
    boolean digest = writes.digestEvery() > 0 && number % writes.digestEvery() == 0;
    byte[] image = digest ? SqliteChild.serialize(connection) : new byte[0];
    return "%d %d %d %s %d\n"
        .formatted(number, before, after, digest ? SqliteChild.sha256(image) : "-", image.length);
  }
}
