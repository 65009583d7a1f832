package dev.tidemark.cli.maintain;

import dev.tidemark.retention.MaintainOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `maintain`: what cron calls.
@Command(
    name = "maintain",
    description = {
      "Keep a log small and restores short: merge, make snapshots, and delete what the policy does"
          + " not keep. Any number of runs at once does no harm.",
      ""
    },
    footer = {
      "",
      "  tidemark maintain s3://bucket/app",
      "  tidemark maintain s3://bucket/app --dry-run",
      "  tidemark maintain s3://bucket/app --repair",
      "  tidemark maintain s3://bucket/app --keep transactions=48h,hourly=7d,daily=30d,monthly=12mo"
    })
public final class MaintainCommand implements Callable<Integer> {
  @Mixin RunOptions run;
  @Mixin LevelsOption levels;
  @Mixin RetainOptions retain;

  @Option(
      names = "--snapshot-every",
      paramLabel = "DURATION",
      defaultValue = "24h",
      description =
          "Make a snapshot of each such window of time; 0s: of the head, now (default:"
              + " ${DEFAULT-VALUE}).")
  Duration snapshotEvery = MaintainOptions.SNAPSHOT_EVERY;

  @Option(
      names = "--repair",
      description =
          "Read every merged file and snapshot first, and make again what is damaged. Without it,"
              + " only what this run must rely on is read.")
  boolean repair;

  @Override
  public Integer call() throws Exception {
    return run.run(
        new MaintainOptions(
            Optional.of(levels.levels),
            Optional.of(snapshotEvery),
            Optional.of(retain.policy()),
            retain.settings(),
            run.dryRun,
            repair));
  }
}
