package dev.tidemark.retention;

import java.time.Duration;
import java.util.Optional;

/// Which steps a run of maintenance takes, and by which settings.
///
/// @param levels merge by these windows; empty: merge nothing
/// @param snapshotEvery make a snapshot when one is due, 0 for now; empty: none
/// @param keep delete what this policy does not keep; empty: delete nothing and leave the boundary
/// @param dryRun decide and explain, and change nothing
/// @param repair read all merged files and snapshots, so that each damaged one is found and made
///   again; otherwise only what a run must rely on is read
public record MaintainOptions(
    Optional<Levels> levels,
    Optional<Duration> snapshotEvery,
    Optional<KeepPolicy> keep,
    RetentionSettings settings,
    boolean dryRun,
    boolean repair) {
  public static final Duration SNAPSHOT_EVERY = Duration.ofHours(24);

  /// All of it, as a cron job or a daemon does.
  public static final MaintainOptions DEFAULT =
      new MaintainOptions(
          Optional.of(Levels.DEFAULT),
          Optional.of(SNAPSHOT_EVERY),
          Optional.of(KeepPolicy.DEFAULT),
          RetentionSettings.DEFAULT,
          false);

  public MaintainOptions(
      Optional<Levels> levels,
      Optional<Duration> snapshotEvery,
      Optional<KeepPolicy> keep,
      RetentionSettings settings,
      boolean dryRun) {
    this(levels, snapshotEvery, keep, settings, dryRun, false);
  }
}
