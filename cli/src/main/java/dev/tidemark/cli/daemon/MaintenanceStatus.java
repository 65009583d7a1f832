package dev.tidemark.cli.daemon;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// How maintenance of one log goes, since the daemon's start.
///
/// @param at when a run last did all that it could
/// @param runs how many have ended
/// @param failures how many of them failed, or found damage
/// @param problem what went wrong in the last one
record MaintenanceStatus(Optional<Instant> at, long runs, long failures, Optional<String> problem) {
  static final MaintenanceStatus NONE =
      new MaintenanceStatus(Optional.empty(), 0, 0, Optional.empty());

  /// Where it is found; empty: the daemon does not maintain this log.
  interface Board {
    Board NONE = _ -> Optional.empty();

    Optional<MaintenanceStatus> of(Path database);
  }
}
