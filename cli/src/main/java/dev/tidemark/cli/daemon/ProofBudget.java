package dev.tidemark.cli.daemon;

import java.time.Duration;

/// How many bytes may be read back, and when: in no 24 hours more than `bytesPerDay`.
///
/// An hour's share may be used at once, and the rest of the day's bytes comes evenly, so that what
/// was spared does not add up. All times are readings of one clock in nanoseconds; a process that
/// starts anew has an hour's share.
final class ProofBudget {
  /// No request is larger, but for the index frame of a very large object.
  private static final long REQUEST_BYTES = 1L << 20;

  /// Less than this would never prove a database of ordinary size.
  static final long BYTES_MIN = 64L << 20;

  private static final double DAY_NANOS = Duration.ofDays(1).toNanos();
  private static final int HOURS = 24;

  private final double share;
  private final double perNano;
  private double allowed;
  private long last;

  ProofBudget(long bytesPerDay, long now) {
    if (bytesPerDay < BYTES_MIN) {
      throw new IllegalArgumentException(
          "%d bytes a day prove nothing; give at least 64MiB".formatted(bytesPerDay));
    }
    this.share = Math.max((double) bytesPerDay / HOURS, REQUEST_BYTES);
    this.perNano = (bytesPerDay - share) / DAY_NANOS;
    this.allowed = share;
    this.last = now;
  }

  /// Takes as many bytes and answers zero, or answers how long to wait before asking again.
  synchronized Duration take(long bytes, long now) {
    allowed = Math.min(share, allowed + Math.max(0, now - last) * perNano);
    last = now;
    // More than a share is never there; what is taken too much is waited for afterwards.
    double needed = Math.min((double) bytes, share);
    if (allowed >= needed) {
      allowed -= bytes;
      return Duration.ZERO;
    }
    return Duration.ofNanos((long) Math.ceil((needed - allowed) / perNano));
  }

  /// Bytes that were taken and not read.
  synchronized void giveBack(long bytes) {
    allowed = Math.min(share, allowed + bytes);
  }
}
