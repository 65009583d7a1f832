package dev.tidemark.shipper;

import java.util.function.LongSupplier;

/// When something last happened to a database, and when something is to be done although nothing
/// does. Times are readings of a clock in nanoseconds that only moves forward. Any thread.
final class Activity {
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier nanos;
  private volatile long last;
  private volatile long dueAt = NEVER;

  Activity(LongSupplier nanos) {
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  long now() {
    return nanos.getAsLong();
  }

  /// Something happens now.
  void happened() {
    happened(now());
  }

  void happened(long now) {
    last = now;
  }

  /// Nothing has happened for a while.
  boolean isQuiet(long now) {
    return now - last > QUIET_NANOS;
  }

  void dueAt(long time) {
    dueAt = time;
  }

  boolean isDue(long now) {
    return dueAt != NEVER && now - dueAt >= 0;
  }

  /// It is being done.
  void notDue() {
    dueAt = NEVER;
  }
}
