package dev.tidemark.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// While it is open, a signal that ends the process lets the command clean up first: its thread is
/// interrupted, and waited for until this is closed.
public final class StopOnSignal implements AutoCloseable {
  private static final long MILLIS_MAX = 5_000;

  /// For the line that says what happened. Not for the thread's end: an exit that it asks for has
  /// to wait for the one that is under way.
  private static final long LAST_WORDS_MILLIS = 100;

  private final CountDownLatch cleaned = new CountDownLatch(1);
  private final Thread hook;

  public StopOnSignal() {
    Thread command = Thread.currentThread();
    hook = new Thread(() -> stop(command), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop(Thread command) {
    command.interrupt();
    try {
      if (cleaned.await(MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        command.join(LAST_WORDS_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    cleaned.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending already, and this is what it waits for.
    }
  }
}
