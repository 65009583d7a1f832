package dev.tidemark.cli;

/// While it is open, a signal that ends the process lets the command clean up first: its thread is
/// interrupted and waited for.
final class StopOnSignal implements AutoCloseable {
  private static final long MILLIS_MAX = 5_000;

  private final Thread hook;

  StopOnSignal() {
    Thread command = Thread.currentThread();
    hook = new Thread(() -> stop(command), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void stop(Thread command) {
    command.interrupt();
    try {
      command.join(MILLIS_MAX);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending already, and this is what it waits for.
    }
  }
}
