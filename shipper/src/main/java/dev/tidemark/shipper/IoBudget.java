package dev.tidemark.shipper;

import java.time.Duration;

/// How many bytes a second a process may read for what has no hurry, all its databases together.
/// Each asks after it has read, and is told when to go on; so they take turns. Any thread; times
/// are readings of one clock in nanoseconds.
final class IoBudget {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long bytesPerSecond;
  private boolean begun;
  private long paidUntil;

  IoBudget(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /// When the next bytes may be read by whoever has read, or will read, these.
  synchronized long after(long now, long bytes) {
    if (!begun || now - paidUntil > 0) {
      begun = true;
      paidUntil = now;
    }
    paidUntil += Math.ceilDiv(Math.multiplyExact(bytes, SECOND), bytesPerSecond);
    return paidUntil;
  }
}
