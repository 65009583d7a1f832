package dev.tidemark.shipper;

import java.time.Duration;

/// When to capture and when to ship, as pure decisions.
///
/// An isolated commit goes all the way at once. Under load at most one segment an interval is put,
/// and capturing waits for company too, since a WAL that is pinned can wait: many commits then
/// share one sync of the WAL and one of the spool.
///
/// All times are readings of one clock in nanoseconds.
record Pace(Duration syncInterval) {
  /// How long commits may wait to be captured while an upload is not due.
  static final long CAPTURE_DELAY_NANOS = 100_000_000L;

  /// How much of the WAL may wait: little enough to be captured while the application's own
  /// checkpoint runs, which comes at 4 MiB by default.
  static final long BACKLOG_BYTES = 1L << 20;

  /// What is going on: since when commits wait to be captured, when the last upload began, whether
  /// one is under way, and whether somebody waits for everything to be stored.
  record Situation(
      long now, long waitingSince, long lastUpload, boolean uploading, boolean flush) {}

  boolean captureNow(Situation at, long backlogBytes, boolean urgent) {
    return at.flush()
        || urgent
        || shipIsDue(at)
        || backlogBytes >= BACKLOG_BYTES
        || at.now() - at.waitingSince() >= CAPTURE_DELAY_NANOS;
  }

  /// Whether a segment may be put now. `closed` ones wait for nothing: they are full, or left from
  /// an outage.
  boolean shipNow(Situation at, boolean closed) {
    return !at.uploading() && (at.flush() || closed || shipIsDue(at));
  }

  /// When the next segment may be put.
  long nextUpload(long lastUpload) {
    return lastUpload + syncInterval.toNanos();
  }

  private boolean shipIsDue(Situation at) {
    return !at.uploading() && at.now() - nextUpload(at.lastUpload()) >= 0;
  }
}
