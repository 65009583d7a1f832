package dev.tidemark.bench;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The application: a process that writes to the database as any program does, and knows nothing of
/// a daemon. See [ApplicationMain] for what it does; here are its commands.
final class Application implements AutoCloseable {
  private final Process process;
  private final DataOutputStream commands;
  private final DataInputStream answers;

  private Application(Process process) {
    this.process = process;
    this.commands = new DataOutputStream(process.getOutputStream());
    this.answers = new DataInputStream(process.getInputStream());
  }

  static Application start() throws IOException {
    return new Application(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ApplicationMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /// Its commands for one database, which is created if need be.
  Database on(Path database) {
    return new Database(database);
  }

  /// A database of the application.
  final class Database {
    private final Path file;

    private Database(Path file) {
      this.file = file;
    }

    void sql(String statement) throws IOException {
      call("sql", statement);
    }

    /// Fills the table of accounts.
    void accounts(int count) throws IOException {
      call("accounts", Integer.toString(count));
    }

    /// Fills a table with text until the database has this many bytes.
    void text(long bytes) throws IOException {
      call("text", Long.toString(bytes));
    }

    /// Commits at a fixed rate; the time that each commit took.
    long[] paced(Work work, int perSecond, int seconds) throws IOException {
      return call("paced", work + " " + perSecond + " " + seconds);
    }

    /// Commits one after the other; the time that each took.
    long[] saturated(Work work, int seconds) throws IOException {
      return call("saturated", work + " " + seconds);
    }

    /// One commit; `nanoTime` when it returned, one clock for the whole machine.
    long commit(Work work) throws IOException {
      return call("commit", work.toString())[0];
    }

    /// Some commits, then `wal_checkpoint(TRUNCATE)`, again and again: the time that each
    /// checkpoint took, negative if it was busy.
    long[] checkpoints(int count, int commitsBetween) throws IOException {
      return call("checkpoints", count + " " + commitsBetween);
    }

    private long[] call(String command, String argument) throws IOException {
      commands.writeUTF(file.toString());
      commands.writeUTF(command);
      commands.writeUTF(argument);
      commands.flush();
      return answer();
    }
  }

  private long[] answer() throws IOException {
    long[] answer = new long[answers.readInt()];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = answers.readLong();
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    commands.close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
