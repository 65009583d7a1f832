package dev.tidemark.shipper;

import java.util.ArrayDeque;
import java.util.Deque;

/// When commits were first seen, so that transactions captured together keep their own times.
final class CommitTimes {
  private static final int SAMPLES_MAX = 10_000;

  private record Sample(long salts, long frame, long millis) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private long last;

  /// Frames up to this one were committed at this time at the latest.
  void saw(long salts, long frame, long millis) {
    if (samples.size() < SAMPLES_MAX) {
      samples.addLast(new Sample(salts, frame, millis));
    }
  }

  /// The time of the commit that ends at a frame, never before the one answered last. Ask in the
  /// order of the frames.
  long of(long salts, long frame, long nowMillis) {
    while (!samples.isEmpty()
        && (samples.peekFirst().salts() != salts || samples.peekFirst().frame() < frame)) {
      samples.removeFirst();
    }
    return monotone(samples.isEmpty() ? nowMillis : samples.peekFirst().millis());
  }

  /// A time, but never before the one answered last.
  long monotone(long millis) {
    last = Math.max(last, millis);
    return last;
  }
}
