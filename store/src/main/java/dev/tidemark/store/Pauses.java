package dev.tidemark.store;

import java.time.Duration;

/// Time as a [RetryingStore] knows it, so that a simulation can own it.
public interface Pauses {
  /// Nanoseconds from some origin; never goes back.
  long nanos();

  void pause(Duration length) throws InterruptedException;

  /// The machine's own.
  static Pauses system() {
    return new Pauses() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void pause(Duration length) throws InterruptedException {
        Thread.sleep(length);
      }
    };
  }
}
