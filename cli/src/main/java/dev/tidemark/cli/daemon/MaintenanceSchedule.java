package dev.tidemark.cli.daemon;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.util.Optional;

/// When one log is to be maintained: a while after the last run if anything was stored since, and
/// once more when the last window of time is over. Never again until something new is stored. Pure;
/// all times are readings of one clock in nanoseconds.
final class MaintenanceSchedule {
  private final long intervalNanos;
  private final long settledNanos;
  private Optional<Position> seen = Optional.empty();
  private long seenNanos;
  private long endedNanos;
  private boolean isNew;
  private boolean isSettled = true;

  MaintenanceSchedule(Duration interval, Duration settled, long now) {
    this.intervalNanos = interval.toNanos();
    this.settledNanos = settled.toNanos();
    this.endedNanos = now;
  }

  /// Whether to begin a run now. `stored`: how far the log reaches.
  boolean isDue(Optional<Position> stored, long now) {
    if (stored.isPresent() && !stored.equals(seen)) {
      seen = stored;
      seenNanos = now;
      isNew = true;
      isSettled = false;
    }
    boolean isOver = !isSettled && now - seenNanos >= settledNanos;
    return (isNew || isOver) && now - endedNanos >= intervalNanos;
  }

  /// A run that [#isDue] asked for at `begun` has done all that it could, or failed.
  void ended(boolean isDone, long begun, long now) {
    endedNanos = now;
    if (isDone) {
      isNew = false;
      isSettled = begun - seenNanos >= settledNanos;
    }
  }
}
