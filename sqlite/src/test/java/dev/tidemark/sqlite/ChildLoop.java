package dev.tidemark.sqlite;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A thread of [SqliteChild] that goes on beside the commands until it is told to stop.
abstract class ChildLoop {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private volatile String failure = "";
  private final Thread thread = new Thread(this::run, "loop");

  /// Works until [#isStopped], or until there is nothing left to do.
  abstract void work() throws SQLException, IOException;

  final void start() {
    thread.start();
  }

  final boolean isStopped() {
    return stopped.get();
  }

  private void run() {
    try {
      work();
    } catch (SQLException | IOException e) {
      failure = e.toString();
    }
  }

  final void await() throws InterruptedException {
    thread.join();
    if (!failure.isEmpty()) {
      throw new IllegalStateException(failure);
    }
  }

  final void stop() throws InterruptedException {
    stopped.set(true);
    await();
  }
}
