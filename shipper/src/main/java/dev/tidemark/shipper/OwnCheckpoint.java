package dev.tidemark.shipper;

/// When the shipper checkpoints itself: only if the WAL has grown well beyond what SQLite allows by
/// default and nobody else has moved it for a while. A second checkpointer beside the application's
/// is nothing to have without need. Pure; times are readings of one clock in nanoseconds.
final class OwnCheckpoint {
  static final long WAL_BYTES = 32L << 20;
  static final long PATIENCE_NANOS = 5_000_000_000L;

  private long backfilled = -1;
  private long since;

  /// Notes how far checkpoints have come; true if one should be run now, by us.
  boolean isDue(long now, long walBytes, long nBackfill, long mxFrame) {
    if (nBackfill != backfilled || walBytes < WAL_BYTES || nBackfill >= mxFrame) {
      backfilled = nBackfill;
      since = now;
      return false;
    }
    if (now - since < PATIENCE_NANOS) {
      return false;
    }
    since = now;
    return true;
  }
}
