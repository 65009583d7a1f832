package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Main;
import dev.tidemark.cli.OwnJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `tidemark maintain` in a process of its own, which comes after everything else when
/// processors are short.
///
/// Its memory grows with the number of objects in the log, which shipping must never pay for: so it
/// has a heap to itself, and no failure of it reaches the daemon.
final class MaintenanceRun {
  private static final Logger log = LoggerFactory.getLogger(MaintenanceRun.class);
  private static final List<String> NICE = List.of("nice", "-n", "19");
  private static final String ERROR = "tidemark: ";

  /// Said once, when the daemon starts.
  private static final String WARNING = ERROR + "warning: ";

  private static final List<String> CHANGES =
      List.of("made ", "boundary ", "deleted ", "refused ", "aborted ", "note ");
  private static final List<String> NO_CHANGES = List.of("boundary  stays", "deleted   0 ");

  /// A signal lets it remove what it has begun.
  private static final long END_SECONDS = 6;

  /// How it ended: the exit code, and the line that says what went wrong.
  record Outcome(int status, Optional<String> problem) {}

  private final Path database;
  private volatile Optional<String> problem = Optional.empty();

  MaintenanceRun(Path database) {
    this.database = database;
  }

  /// Waits for the end; interrupted, it ends the process first.
  Outcome of(String url, List<String> options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("maintain", url));
    arguments.addAll(options);
    Process process = start(OwnJvm.command(Main.class, arguments));
    try {
      Thread reader = Thread.ofVirtual().start(() -> read(process));
      int status = process.waitFor();
      reader.join();
      return new Outcome(status, problem);
    } finally {
      end(process);
    }
  }

  private static Process start(List<String> command) throws IOException {
    List<String> nice = new ArrayList<>(NICE);
    nice.addAll(command);
    try {
      return builder(nice).start();
    } catch (IOException e) {
      log.debug("there is no such utility as nice", e);
      return builder(command).start();
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"));
  }

  private void read(Process process) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(this::line);
    } catch (IOException | UncheckedIOException e) {
      log.debug("the end of what it said is missing", e);
    }
  }

  private void line(String line) {
    if (line.startsWith(ERROR) && !line.startsWith(WARNING)) {
      problem = Optional.of(line.substring(ERROR.length()));
    } else if (tellsOfChange(line)) {
      log.info("maintenance: {} db={}", line.replaceAll(" +", " "), database);
    } else {
      log.debug("maintenance: {} db={}", line, database);
    }
  }

  private static boolean tellsOfChange(String line) {
    return CHANGES.stream().anyMatch(line::startsWith)
        && NO_CHANGES.stream().noneMatch(line::startsWith);
  }

  private static void end(Process process) {
    if (process.isAlive()) {
      process.destroy();
      process.onExit().completeOnTimeout(process, END_SECONDS, TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
  }
}
