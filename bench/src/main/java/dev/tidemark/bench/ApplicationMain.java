package dev.tidemark.bench;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The child process behind [Application]: takes commands on stdin until that ends, each for one of
/// its databases. One process for all of them, so that the same compiled code runs on each.
///
/// WAL mode with `synchronous=NORMAL` and SQLite's own checkpoints, as most applications have it.
final class ApplicationMain {
  private final Path database;
  private final Connection connection;
  private final Transactions transactions;

  private ApplicationMain(Path database) throws SQLException {
    this.database = database;
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + database);
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=NORMAL");
    execute("PRAGMA busy_timeout=5000");
    this.transactions = new Transactions(connection);
  }

  /// Closes the statement, whose rows would keep a transaction open.
  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  public static void main(String[] args) throws IOException, SQLException {
    DataInputStream commands = new DataInputStream(System.in);
    DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(System.out));
    Map<Path, ApplicationMain> databases = new HashMap<>();
    while (true) {
      Path database;
      try {
        database = Path.of(commands.readUTF());
      } catch (EOFException _) {
        break;
      }
      if (!databases.containsKey(database)) {
        databases.put(database, new ApplicationMain(database));
      }
      ApplicationMain application = databases.get(database);
      write(answers, application.run(commands.readUTF(), commands.readUTF()));
    }
    for (ApplicationMain application : databases.values()) {
      application.connection.close();
    }
  }

  private static void write(DataOutputStream answers, long[] values) throws IOException {
    answers.writeInt(values.length);
    for (long value : values) {
      answers.writeLong(value);
    }
    answers.flush();
  }

  private long[] run(String command, String argument) throws SQLException, IOException {
    String[] words = argument.split(" ");
    return switch (command) {
      case "sql" -> {
        execute(argument);
        yield new long[0];
      }
      case "accounts" -> {
        transactions.fillAccounts(Integer.parseInt(argument));
        yield new long[0];
      }
      case "text" -> text(Long.parseLong(argument));
      case "paced" -> paced(work(words), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "saturated" -> saturated(work(words), Integer.parseInt(words[1]));
      case "commit" -> {
        transactions.run(work(words));
        yield new long[] {System.nanoTime()};
      }
      case "checkpoints" -> checkpoints(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
      default -> throw new IllegalArgumentException(command);
    };
  }

  private static Work work(String[] words) {
    return Work.valueOf(words[0]);
  }

  private long[] text(long bytes) throws SQLException, IOException {
    while (Files.size(database) < bytes) {
      transactions.fillText(16 << 20);
      execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    return new long[0];
  }

  private long[] paced(Work work, int perSecond, int seconds) throws SQLException {
    long[] took = new long[perSecond * seconds];
    long start = System.nanoTime();
    for (int i = 0; i < took.length; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      took[i] = timed(work);
    }
    return took;
  }

  private long[] saturated(Work work, int seconds) throws SQLException {
    long[] took = new long[1 << 16];
    int count = 0;
    for (long end = System.nanoTime() + seconds * 1_000_000_000L; System.nanoTime() < end; ) {
      if (count == took.length) {
        took = Arrays.copyOf(took, count * 2);
      }
      took[count++] = timed(work);
    }
    return Arrays.copyOf(took, count);
  }

  private long timed(Work work) throws SQLException {
    long before = System.nanoTime();
    transactions.run(work);
    return System.nanoTime() - before;
  }

  private long[] checkpoints(int count, int commitsBetween) throws SQLException {
    long[] took = new long[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < commitsBetween; j++) {
        transactions.run(Work.UPDATE);
      }
      long before = System.nanoTime();
      boolean busy = transactions.checkpointTruncate();
      long nanos = System.nanoTime() - before;
      took[i] = busy ? -nanos : nanos;
    }
    return took;
  }
}
