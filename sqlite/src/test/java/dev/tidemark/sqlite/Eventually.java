package dev.tidemark.sqlite;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waits for what another process does, and fails when it does not.
final class Eventually {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long PAUSE_NANOS = 200_000;

  private Eventually() {}

  static void until(String what, Callable<Boolean> claim) throws Exception {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (!claim.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not happen: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
