package dev.tidemark.cli.maintain;

import dev.tidemark.store.Pauses;
import java.time.Duration;

/// Spreads bytes evenly over time. Nothing is saved up while nothing moves. For many threads.
final class Pace {
  private static final double SECOND_NANOS = 1e9;

  private final Rate rate;
  private final Pauses pauses;
  private long freeNanos;

  Pace(Rate rate, Pauses pauses) {
    this.rate = rate;
    this.pauses = pauses;
    this.freeNanos = pauses.nanos();
  }

  /// Waits until these bytes, which were or will be moved, have had their time.
  void spend(long bytes) throws InterruptedException {
    long wait = reserve(bytes);
    if (wait > 0) {
      pauses.pause(Duration.ofNanos(wait));
    }
  }

  private synchronized long reserve(long bytes) {
    long now = pauses.nanos();
    long begin = freeNanos - now > 0 ? freeNanos : now;
    freeNanos = begin + (long) (bytes * SECOND_NANOS / rate.bytesPerSecond());
    return freeNanos - now;
  }
}
