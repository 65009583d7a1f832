package dev.tidemark.cli.maintain;

import dev.tidemark.retention.KeepPolicy;
import dev.tidemark.retention.RetentionSettings;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What is kept, and how patiently the rest is deleted.
final class RetainOptions {
  @Option(
      names = "--keep",
      paramLabel = "POLICY",
      defaultValue = "transactions=24h,hourly=7d,daily=30d",
      description =
          "Keep every transaction for so long, then one position an hour, day, week, month or year"
              + " (transactions, hourly, daily, weekly, monthly, yearly; or all: delete nothing;"
              + " default: ${DEFAULT-VALUE}).")
  Keep keep = new Keep(KeepPolicy.DEFAULT, Optional.empty());

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description =
          "Delete nothing younger, so that restores under way are not disturbed (default:"
              + " ${DEFAULT-VALUE}).")
  Duration grace = RetentionSettings.DEFAULT.grace();

  @Option(
      names = "--boundary-every",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description =
          "Move the boundary, below which single transactions go, at most so often (default:"
              + " ${DEFAULT-VALUE}).")
  Duration boundaryEvery = RetentionSettings.DEFAULT.boundaryEvery();

  @Option(
      names = "--replica-lag",
      paramLabel = "DURATION",
      defaultValue = "24h",
      description =
          "Wait for replicas that are behind by less; others begin anew (default:"
              + " ${DEFAULT-VALUE}).")
  Duration replicaLag = RetentionSettings.DEFAULT.replicaLag();

  /// To be called before anything is done.
  KeepPolicy policy() {
    keep.warning().ifPresent(warning -> System.err.println("tidemark: warning: " + warning));
    return keep.policy();
  }

  RetentionSettings settings() {
    return new RetentionSettings(grace, boundaryEvery, replicaLag);
  }
}
