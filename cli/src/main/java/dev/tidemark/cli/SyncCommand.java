package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.shipper.DurabilityLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sync`: waits until what was committed before the call is safe.
@Command(
    name = "sync",
    description = {
      "Wait until everything committed before the call is stored, and print the position.",
      ""
    })
final class SyncCommand implements Callable<Integer> {
  /// What the daemon may take beyond the timeout that it keeps itself.
  private static final Duration GRACE = Duration.ofSeconds(5);

  @Parameters(paramLabel = "DB", description = "The database file.")
  Path database;

  @Option(
      names = "--level",
      paramLabel = "captured|spooled|stored",
      completionCandidates = Candidates.Levels.class,
      defaultValue = "stored",
      description = "How far it must have come (default: ${DEFAULT-VALUE}).")
  DurabilityLevel level;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "When to give up, with exit code 5 (default: ${DEFAULT-VALUE}).")
  Duration timeout;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws IOException, CommandException {
    String target =
        "/sync?level="
            + level.name().toLowerCase(Locale.ROOT)
            + "&timeout="
            + timeout.toMillis()
            + "ms";
    String answer =
        ControlClient.of(database).ask("POST", target, json.enabled(), timeout.plus(GRACE));
    System.out.println(answer);
    return ExitCode.DONE.status();
  }
}
