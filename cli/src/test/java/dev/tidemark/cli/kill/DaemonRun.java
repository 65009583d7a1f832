package dev.tidemark.cli.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One run of the real daemon, as users start it.
final class DaemonRun {
  private static final long END_SECONDS_MAX = 45;

  private final Process process;
  private final Path log;

  private DaemonRun(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static DaemonRun start(
      Site site, Map<String, String> environment, Path log, List<String> arguments)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(site.command(arguments))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(site.depot().environment());
    builder.environment().putAll(environment);
    return new DaemonRun(builder.start(), log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int status() {
    return process.exitValue();
  }

  String log() throws IOException {
    return Files.readString(log).strip();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// SIGTERM; it drains, and answers its exit status.
  int end() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
      kill();
      throw new Violation("the daemon does not end after SIGTERM: " + log());
    }
    return process.exitValue();
  }

  /// SIGSTOP, and SIGCONT after a while.
  void pause(int millis) throws IOException, InterruptedException {
    Signals.pause(process.pid(), millis);
  }
}
