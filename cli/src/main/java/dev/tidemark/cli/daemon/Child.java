package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The application, run as a child (`replicate --exec`): it shares our terminal, gets the signals
/// that we get, and its exit status becomes ours.
final class Child {
  private static final Logger log = LoggerFactory.getLogger(Child.class);
  private static final String SAVED = "TIDEMARK_CHILD_";

  private final Process process;
  private final boolean shell;

  private Child(Process process, boolean shell) {
    this.process = process;
    this.shell = shell;
  }

  static Child start(String command) throws CommandException {
    CommandWords words = CommandWords.of(command);
    List<String> line = words.needsShell() ? List.of("/bin/sh", "-c", command) : words.words();
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    restoreVariables(builder.environment());
    try {
      return new Child(builder.start(), words.needsShell());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.USAGE, "--exec cannot run '" + line.getFirst() + "': " + e.getMessage(), e);
    }
  }

  /// The launcher sets variables for us and keeps the JVM's own from us; the application gets what
  /// was there before, an empty one of them being none.
  private static void restoreVariables(Map<String, String> environment) {
    for (Map.Entry<String, String> saved : Map.copyOf(environment).entrySet()) {
      if (saved.getKey().startsWith(SAVED)) {
        String name = saved.getKey().substring(SAVED.length());
        environment.remove(saved.getKey());
        environment.remove(name);
        if (!saved.getValue().isEmpty()) {
          environment.put(name, saved.getValue());
        }
      }
    }
  }

  long pid() {
    return process.pid();
  }

  CompletableFuture<Integer> ended() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /// Passes a signal on; behind a shell to the commands that it runs as well.
  void signal(Signals.Received signal) {
    List<ProcessHandle> targets = new ArrayList<>();
    if (shell) {
      process.descendants().forEach(targets::add);
    }
    targets.add(process.toHandle());
    for (ProcessHandle target : targets) {
      send(signal, target);
    }
  }

  private static void send(Signals.Received signal, ProcessHandle target) {
    if (signal.name().equals("TERM")) {
      target.destroy();
      return;
    }
    try {
      // POSIX demands this utility; the JDK itself sends TERM and KILL only.
      new ProcessBuilder("kill", "-s", signal.name(), Long.toString(target.pid()))
          .inheritIO()
          .start();
    } catch (IOException e) {
      log.warn("cannot send SIG{} to the application: {}", signal.name(), e.toString());
    }
  }
}
