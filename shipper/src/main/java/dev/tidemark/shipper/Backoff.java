package dev.tidemark.shipper;

import java.util.random.RandomGenerator;

/// How long to wait before trying again: doubling from a fifth of a second to half a minute, with
/// jitter.
final class Backoff {
  private static final long FIRST_NANOS = 200_000_000L;
  private static final long MAX_NANOS = 30_000_000_000L;

  private final RandomGenerator random;
  private long next = FIRST_NANOS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  long nextNanos() {
    long wait = next / 2 + random.nextLong(next / 2);
    next = Math.min(MAX_NANOS, next * 2);
    return wait;
  }

  void reset() {
    next = FIRST_NANOS;
  }
}
