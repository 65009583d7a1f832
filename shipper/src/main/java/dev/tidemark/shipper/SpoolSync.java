package dev.tidemark.shipper;

import java.time.Duration;
import java.util.Optional;

/// When the spool is synced to disk: every batch (an interval of zero), at most once an interval,
/// or only when a segment is closed (none). A segment is always synced before its upload, so that
/// less syncing risks positions in a power cut, and never the log.
final class SpoolSync {
  private final Optional<Duration> interval;
  private long last;

  SpoolSync(Optional<Duration> interval, long now) {
    this.interval = interval;
    this.last = now;
  }

  /// Whether to sync after a batch; `asked`: somebody waits for it, `sealed`: a segment is about to
  /// be made of it.
  boolean isDue(long now, boolean asked, boolean sealed) {
    boolean over = interval.isPresent() && now - last >= interval.get().toNanos();
    boolean due = asked || (over && !sealed);
    if (due) {
      last = now;
    }
    return due;
  }
}
