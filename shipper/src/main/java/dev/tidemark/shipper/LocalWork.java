package dev.tidemark.shipper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Keeps the files of one database open for those who work on them beside the turns: files are
/// closed only while nobody does, and there is an end after which nobody does any more.
final class LocalWork {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean ended;

  /// Something with files.
  interface Work {
    void run() throws IOException;
  }

  /// Does some work; CancellationException after the end, UncheckedIOException if it failed.
  void run(Work work) {
    lock.readLock().lock();
    try {
      if (ended) {
        throw new CancellationException();
      }
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Waits for the work under way, and closes files while there is none.
  void alone(Work closing) throws IOException {
    lock.writeLock().lock();
    try {
      closing.run();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Waits for the work under way; there will be no more.
  void end() {
    lock.writeLock().lock();
    try {
      ended = true;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
