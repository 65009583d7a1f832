package dev.tidemark.store;

import java.time.Duration;

/// How long a [RetryingStore] tries: at most so many attempts, and no new one after `total`. The
/// pause doubles from `firstPause` to `longestPause`; a random part of it, at least half, is
/// waited.
public record RetryPolicy(
    int attempts, Duration firstPause, Duration longestPause, Duration total) {
  /// For work that a person or a job waits for: about a minute.
  public static final RetryPolicy STANDARD =
      new RetryPolicy(8, Duration.ofMillis(250), Duration.ofSeconds(10), Duration.ofSeconds(60));

  public RetryPolicy {
    boolean ordered = firstPause.isPositive() && longestPause.compareTo(firstPause) >= 0;
    if (attempts < 1 || !ordered || total.isNegative()) {
      throw new IllegalArgumentException(
          "retry policy of %d attempts, pauses %s to %s, %s in total"
              .formatted(attempts, firstPause, longestPause, total));
    }
  }

  /// The full pause after the n-th failure (from 1).
  Duration pause(int failures) {
    Duration pause = firstPause;
    for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
