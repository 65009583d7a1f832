package dev.tidemark.cli.kill;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What of a machine matters here: a database with its state folder, an application, a daemon.
final class Machine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Path folder;
  private final TidemarkProcess tidemark;
  private Optional<Process> daemon = Optional.empty();
  private Optional<SqliteProcess> application = Optional.empty();

  Machine(Path folder, Map<String, String> environment) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.tidemark = new TidemarkProcess(folder, environment);
  }

  /// A copy of the database and its state, as a copied disk has them.
  Machine copy(Path target, Map<String, String> environment) throws IOException {
    Machine made = new Machine(target, environment);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = target.resolve(folder.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    return made;
  }

  Path database() {
    return folder.resolve("app.db");
  }

  SqliteProcess open() throws IOException {
    SqliteProcess opened = SqliteProcess.open(database());
    application = Optional.of(opened);
    return opened;
  }

  void start(String url) {
    daemon = Optional.of(tidemark.start("dev.tidemark.cli.Main", "replicate", "app.db", url));
  }

  Process daemon() {
    return daemon.orElseThrow();
  }

  /// SIGTERM, and its end; the application has closed the database.
  void end() {
    application.ifPresent(SqliteProcess::close);
    application = Optional.empty();
    daemon().destroy();
    TidemarkProcess.Result result = finish();
    if (result.status() != 0) {
      throw new Violation("the daemon ended with " + result);
    }
  }

  TidemarkProcess.Result finish() {
    return tidemark.finish(daemon());
  }

  /// `level` is reached for everything that is committed by now; or the reason why not.
  Position sync(String level) throws IOException, CommandException {
    String target = "/sync?level=" + level + "&timeout=30s";
    return Position.parse(ControlClient.of(database()).ask("POST", target, false, PATIENCE));
  }

  /// As [#sync], for a daemon that may be about to begin to listen.
  Position synced(String level) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return sync(level);
      } catch (CommandException | IOException e) {
        if (!daemon().isAlive() || System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  /// Returns when the daemon has looked at its bucket, and may write to it.
  void awaitOpen() throws Exception {
    synced("stored");
    while (status().contains("\"state\":\"starting\"")) {
      Thread.sleep(20);
    }
  }

  String status() throws IOException, CommandException {
    return ControlClient.of(database()).ask("GET", "/status", true, PATIENCE);
  }

  void signal(String name) throws IOException, InterruptedException {
    Signals.send(name, daemon().pid());
  }

  @Override
  public void close() {
    application.ifPresent(SqliteProcess::kill);
    daemon.ifPresent(Process::destroyForcibly);
  }
}
