package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One of several processes that write to a database in turns. Within its turn, each commits once
/// and adds a line to the common journal: the state of the database, to the byte. A turn that a
/// kill cut short is noticed by the next one, which first writes down what it finds.
///
/// Transactions small and large, some spilled and rolled back before, vacuums; between the turns a
/// checkpoint now and then. With a second database attached, most transactions change both.
final class TurnLoop extends ChildLoop {
  private static final int ROWS_MAX = 120;

  /// A database of the connection, and its journal.
  private record Written(String schema, Path journal) {}

  private final String url;
  private final Random random;
  private final Path turn;
  private final List<Written> databases = new ArrayList<>();
  private final String attach;
  private final int pauseMicros;
  private final List<String> pragmas;

  private TurnLoop(String url, List<String> lines) {
    this.url = url;
    this.random = new Random(Long.parseLong(lines.get(0)));
    this.turn = Path.of(lines.get(1));
    this.databases.add(new Written("main", Path.of(lines.get(2))));
    this.attach = lines.get(3);
    if (!attach.isEmpty()) {
      this.databases.add(new Written("second", Path.of(lines.get(4))));
    }
    this.pauseMicros = Integer.parseInt(lines.get(5));
    this.pragmas = lines.stream().skip(6).filter(line -> !line.isBlank()).toList();
  }

  static TurnLoop of(String url, String argument) {
    return new TurnLoop(url, argument.lines().toList());
  }

  @Override
  void work() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        FileChannel turns =
            FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      statement.execute(WriteLoop.BUSY_TIMEOUT);
      if (!attach.isEmpty()) {
        statement.execute("ATTACH '" + attach + "' AS second");
      }
      for (String pragma : pragmas) {
        statement.execute("PRAGMA " + pragma);
      }
      while (!isStopped()) {
        try (FileLock _ = turns.lock()) {
          takeTurn(connection, statement, turns);
        }
        if (random.nextInt(25) == 0) {
          String mode = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE").get(random.nextInt(4));
          CheckpointLoop.checkpoint(statement, mode);
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(pauseMicros)));
      }
    }
  }

  private void takeTurn(Connection connection, Statement statement, FileChannel turns)
      throws SQLException, IOException {
    if (turns.size() > 0) {
      for (Written database : databases) {
        found(connection, statement, database);
      }
    }
    turns.write(ByteBuffer.wrap(new byte[1]), 0);
    long began = System.nanoTime();
    boolean both = transaction(statement);
    long ended = System.nanoTime();
    for (Written database : both ? databases : databases.subList(0, 1)) {
      append(database, line(connection, statement, database, began, ended));
    }
    turns.truncate(0);
  }

  /// Writes down the state that somebody who was killed may have left.
  private static void found(Connection connection, Statement statement, Written database)
      throws SQLException, IOException {
    String now = line(connection, statement, database, 0, 0);
    String journal = Files.readString(database.journal());
    String last = journal.substring(journal.lastIndexOf('\n', journal.length() - 2) + 1);
    if (!last.split(" ", -1)[3].equals(now.split(" ", -1)[3])) {
      append(database, now);
    }
  }

  private static void append(Written database, String line) throws IOException {
    Files.writeString(database.journal(), line, StandardOpenOption.APPEND);
  }

  private static String line(
      Connection connection, Statement statement, Written database, long began, long ended)
      throws SQLException {
    byte[] image = SqliteChild.serialize(connection, database.schema());
    long number = WriteLoop.lastNumber(statement, database.schema());
    return "%d %d %d %s %d\n"
        .formatted(number, began, ended, SqliteChild.sha256(image), image.length);
  }

  /// Whether both databases were written to.
  private boolean transaction(Statement statement) throws SQLException {
    int kind = random.nextInt(100);
    if (kind < 3) {
      statement.execute("VACUUM");
      return false;
    }
    if (kind < 10) {
      run(statement, "BEGIN IMMEDIATE", blobs("main", 200_000), "ROLLBACK");
    }
    boolean both = databases.size() > 1 && random.nextInt(4) > 0;
    statement.execute("BEGIN IMMEDIATE");
    write(statement, "main", kind);
    if (both) {
      write(statement, "second", kind);
    }
    statement.execute("COMMIT");
    return both;
  }

  private void write(Statement statement, String schema, int kind) throws SQLException {
    int size = random.nextInt(kind < 12 ? 20_000 : 400);
    long number = WriteLoop.lastNumber(statement, schema) + 1;
    String table = schema + ".writes";
    run(statement, "INSERT INTO %s VALUES (%d, randomblob(%d))".formatted(table, number, size));
    if (kind < 16) {
      run(statement, "SAVEPOINT s", blobs(schema, 50_000), "ROLLBACK TO s", "RELEASE s");
    } else if (kind < 50) {
      long row = 1 + random.nextLong(number);
      run(statement, "UPDATE %s SET body = randomblob(90) WHERE n = %d".formatted(table, row));
    }
    if (number > ROWS_MAX && random.nextInt(20) == 0) {
      long first = number - ROWS_MAX / 4;
      run(statement, "DELETE FROM %s WHERE n < %d".formatted(table, first));
    }
  }

  private static String blobs(String schema, int bytes) {
    return "UPDATE %s.writes SET body = zeroblob(%d) WHERE n IN (SELECT n FROM %1$s.writes LIMIT 3)"
        .formatted(schema, bytes);
  }

  private static void run(Statement statement, String... all) throws SQLException {
    for (String sql : all) {
      statement.execute(sql);
    }
  }
}
