package dev.tidemark.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.sqlite.SQLiteConnection;

/// The application of the demo, in a process of its own: it moves money between accounts, and after
/// each commit writes down, on its own account, what the database looks like. Knows nothing of
/// Tidemark.
public final class DemoWriter {
  private static final int ACCOUNTS = 100;
  private static final int BALANCE = 1_000;
  private static final long SEED = 42;

  private DemoWriter() {}

  /// `<database> <journal> <commits>`: runs until the last commit, or until it is killed.
  public static void main(String[] args) throws Exception {
    Path journal = Path.of(args[1]);
    int commits = Integer.parseInt(args[2]);
    RandomGenerator random = new SplittableRandom(SEED);
    try (Connection connection = open(Path.of(args[0]))) {
      for (int commit = 1; commit <= commits; commit++) {
        transfer(connection, random, commit);
        record(journal, commit, digest(connection));
        Thread.sleep(5);
      }
    }
  }

  /// Makes the tables, before anything is shipped.
  static void prepare(Path database) throws SQLException {
    try (Connection connection = open(database);
        Statement sql = connection.createStatement()) {
      sql.execute("BEGIN");
      sql.execute("CREATE TABLE tidemark_demo_account(id INTEGER PRIMARY KEY, balance INTEGER)");
      sql.execute("CREATE TABLE tidemark_demo_transfer(id INTEGER PRIMARY KEY, note TEXT)");
      for (int id = 1; id <= ACCOUNTS; id++) {
        sql.execute("INSERT INTO tidemark_demo_account VALUES(%d, %d)".formatted(id, BALANCE));
      }
      sql.execute("COMMIT");
    }
  }

  /// Whether a restored database makes sense to SQLite and to the application.
  static boolean isSound(Path database) throws SQLException {
    try (Connection connection = open(database);
        Statement sql = connection.createStatement()) {
      return "ok".equals(sql.executeQuery("PRAGMA integrity_check").getString(1))
          && sql.executeQuery("SELECT sum(balance) FROM tidemark_demo_account").getInt(1)
              == ACCOUNTS * BALANCE;
    }
  }

  private static Connection open(Path database) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
    try (Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA journal_mode=WAL");
      sql.execute("PRAGMA synchronous=NORMAL");
      sql.execute("PRAGMA busy_timeout=5000");
    }
    return connection;
  }

  private static void transfer(Connection connection, RandomGenerator random, int commit)
      throws SQLException {
    int from = 1 + random.nextInt(ACCOUNTS);
    int to = 1 + random.nextInt(ACCOUNTS);
    int amount = random.nextInt(10);
    try (Statement sql = connection.createStatement()) {
      sql.execute("BEGIN");
      String move = "UPDATE tidemark_demo_account SET balance = balance + %d WHERE id = %d";
      sql.execute(move.formatted(-amount, from));
      sql.execute(move.formatted(amount, to));
      sql.execute(
          "INSERT INTO tidemark_demo_transfer VALUES(%d, '%d from %d to %d')"
              .formatted(commit, amount, from, to));
      sql.execute("COMMIT");
    }
  }

  private static String digest(Connection connection)
      throws SQLException, NoSuchAlgorithmException {
    byte[] image = connection.unwrap(SQLiteConnection.class).serialize("main");
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
  }

  private static void record(Path journal, int commit, String digest) throws IOException {
    Files.write(
        journal,
        (commit + " " + digest + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
