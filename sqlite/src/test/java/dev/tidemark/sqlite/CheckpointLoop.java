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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Checkpoints of every mode, at random, with random pauses. One line for each: the mode, whether
/// SQLite gave up, nanoTime before and after.
final class CheckpointLoop extends ChildLoop {
  private static final List<String> MODES = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE");
  private static final int PAUSE_MILLIS = 40;

  private final String url;
  private final Random random;
  private final Path log;

  private CheckpointLoop(String url, long seed, Path log) {
    this.url = url;
    this.random = new Random(seed);
    this.log = log;
  }

  static CheckpointLoop of(String url, String argument) {
    List<String> lines = argument.lines().toList();
    return new CheckpointLoop(url, Long.parseLong(lines.get(0)), Path.of(lines.get(1)));
  }

  @Override
  void work() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        OutputStream lines =
            Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      statement.execute(WriteLoop.BUSY_TIMEOUT);
      while (!isStopped()) {
        String mode = MODES.get(random.nextInt(MODES.size()));
        lines.write(checkpoint(statement, mode).getBytes(StandardCharsets.UTF_8));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(PAUSE_MILLIS)));
      }
    }
  }

  static String checkpoint(Statement statement, String mode) throws SQLException {
    long began = System.nanoTime();
    try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      row.next();
      boolean busy = row.getInt(1) != 0;
      return "%s %s %d %d\n".formatted(mode, busy ? "busy" : "done", began, System.nanoTime());
    }
  }
}
