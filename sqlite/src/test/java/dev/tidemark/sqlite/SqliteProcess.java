package dev.tidemark.sqlite;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An application with its own connection, in a process of its own: its locks are real ones, and it
/// can be killed. Commands go one at a time; [#startWrites] leaves a loop running beside them.
public final class SqliteProcess implements AutoCloseable {
  private final Process process;
  private final DataOutputStream commands;
  private final DataInputStream answers;

  private SqliteProcess(Process process) {
    this.process = process;
    this.commands = new DataOutputStream(process.getOutputStream());
    this.answers = new DataInputStream(process.getInputStream());
  }

  /// One commit of the loop: its number, nanoTime before and after COMMIT (one clock for the whole
  /// machine), and the SHA-256 and size of the image after it where it was asked for.
  public record Commit(long number, long beganNanos, long endedNanos, String sha256, long bytes) {
    static Commit parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Commit(
          Long.parseLong(parts[0]),
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          parts[3].equals("-") ? "" : parts[3],
          Long.parseLong(parts[4]));
    }
  }

  /// SHA-256 and size of the database as a reader sees it.
  public record Image(String sha256, long bytes) {}

  /// What the loop does.
  ///
  /// @param commits how many; 0 for no end
  /// @param pauseMicros between commits; 0 for none
  /// @param digestEvery after every how many commits the image is digested; 0 for never. Exact only
  ///   while nobody else writes
  public record Writes(long commits, long pauseMicros, long digestEvery, long seed) {
    public static Writes saturating(long seed) {
      return new Writes(0, 0, 0, seed);
    }

    public static Writes digested(long commits, long seed) {
      return new Writes(commits, 0, 1, seed);
    }

    public Writes pausing(long micros) {
      return new Writes(commits, micros, digestEvery, seed);
    }
  }

  /// Starts a process and opens (or creates) the database in WAL mode with further pragmas, such as
  /// `wal_autocheckpoint=0`.
  public static SqliteProcess open(Path database, String... pragmas) throws IOException {
    SqliteProcess opened = openAsIs(database);
    opened.exec("PRAGMA journal_mode=WAL");
    for (String pragma : pragmas) {
      opened.exec("PRAGMA " + pragma);
    }
    return opened;
  }

  /// Without touching the journal mode.
  public static SqliteProcess openAsIs(Path database) throws IOException {
    String plain = "-cp\n" + System.getProperty("java.class.path");
    List<String> command = command(System.getProperty(ChildCache.OPTIONS, plain).lines().toList());
    SqliteProcess started =
        new SqliteProcess(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    started.call("open", database.toString());
    return started;
  }

  static List<String> command(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.add(SqliteChild.class.getName());
    return command;
  }

  public long pid() {
    return process.pid();
  }

  /// Runs one statement; its rows, if any, are dropped.
  public void exec(String sql) throws IOException {
    call("exec", sql);
  }

  /// The rows, one per line, columns separated by `|`.
  public String query(String sql) throws IOException {
    return call("query", sql);
  }

  public long queryLong(String sql) throws IOException {
    return Long.parseLong(query(sql));
  }

  /// `mode` is PASSIVE, FULL, RESTART or TRUNCATE.
  public CheckpointResult checkpoint(String mode) throws IOException {
    String[] row = query("PRAGMA wal_checkpoint(" + mode + ")").split("\\|", -1);
    return new CheckpointResult(row[0].equals("1"), Long.parseLong(row[1]), Long.parseLong(row[2]));
  }

  public Image image() throws IOException {
    String[] parts = call("image", "").split(" ", -1);
    return new Image(parts[0], Long.parseLong(parts[1]));
  }

  /// Writes the image, as a reader sees it, to another file.
  public void saveImage(Path target) throws IOException {
    call("save", target.toString());
  }

  /// Starts the loop in the process, on a connection of its own with the same pragmas' defaults.
  /// Each commit appends one line to `journal` when it is over; a kill loses none of them.
  public void startWrites(Path journal, Writes writes, String... pragmas) throws IOException {
    call(
        "start",
        "%d %d %d %d %s%n%s"
            .formatted(
                writes.commits(),
                writes.pauseMicros(),
                writes.digestEvery(),
                writes.seed(),
                journal,
                String.join("\n", pragmas)));
  }

  /// Transactions in turns with other processes, so that each knows what the database looks like
  /// after its own, whoever writes.
  ///
  /// @param turn the file that they take turns by
  /// @param journal shared by all of them; each state is one line, in the order of the states
  /// @param second a further database that is attached and written to in the same transactions
  /// @param secondJournal the journal of the second one
  /// @param pauseMicros between turns, at most
  public record Turns(
      Path turn,
      Path journal,
      Optional<Path> second,
      Path secondJournal,
      int pauseMicros,
      long seed) {}

  /// Starts taking turns, until [#stopWrites].
  public void startTurns(Turns turns, String... pragmas) throws IOException {
    call(
        "turns",
        "%d%n%s%n%s%n%s%n%s%n%d%n%s"
            .formatted(
                turns.seed(),
                turns.turn(),
                turns.journal(),
                turns.second().map(Path::toString).orElse(""),
                turns.secondJournal(),
                turns.pauseMicros(),
                String.join("\n", pragmas)));
  }

  /// Starts checkpoints of every mode, until [#stopWrites]. Each appends a line to `log`.
  public void startCheckpoints(Path log, long seed) throws IOException {
    call("checkpoints", "%d%n%s".formatted(seed, log));
  }

  /// Waits for a loop with an end.
  public void awaitWrites() throws IOException {
    call("await", "");
  }

  public void stopWrites() throws IOException {
    call("stop", "");
  }

  /// The commits in a journal; a line cut off by a kill is left out.
  public static List<Commit> commits(Path journal) throws IOException {
    String text = Files.readString(journal);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Commit::parse).toList();
  }

  /// Sends a command without waiting; [#answer] waits.
  public void send(String command, String argument) throws IOException {
    commands.writeUTF(command);
    commands.writeUTF(argument);
    commands.flush();
  }

  public String answer() throws IOException {
    boolean ok = answers.readBoolean();
    String text = answers.readUTF();
    if (!ok) {
      throw new IOException(text);
    }
    return text;
  }

  private String call(String command, String argument) throws IOException {
    send(command, argument);
    return answer();
  }

  /// kill -9.
  public void kill() {
    process.destroyForcibly();
    join();
  }

  /// Closes the connections as an application does, then ends the process.
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        call("close", "");
      } catch (IOException e) {
        process.destroyForcibly();
        join();
        throw new UncheckedIOException(e);
      }
    }
    join();
  }

  private void join() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
