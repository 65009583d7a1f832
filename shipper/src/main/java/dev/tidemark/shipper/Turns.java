package dev.tidemark.shipper;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One thing at a time, on the threads of a shared pool: whoever has something to be done leaves a
/// note and returns; a turn works the notes off, then does what is always done.
final class Turns {
  private final Executor pool;
  private final Runnable always;
  private final Consumer<RuntimeException> bug;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Queue<Runnable> notes = new ConcurrentLinkedQueue<>();

  /// `bug` hears of what a turn threw, under the lock.
  Turns(Executor pool, Runnable always, Consumer<RuntimeException> bug) {
    this.pool = pool;
    this.always = always;
    this.bug = bug;
  }

  /// Leaves work for the next turn. Lost if the pool is closed: then everything has ended.
  void note(Runnable work) {
    notes.add(work);
    poke();
  }

  /// Asks for a turn.
  void poke() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        pool.execute(() -> locked(this::run));
      } catch (RejectedExecutionException _) {
        scheduled.set(false);
      }
    }
  }

  private void run() {
    scheduled.set(false);
    guarded(() -> {
      for (Runnable work = notes.poll(); work != null; work = notes.poll()) {
        work.run();
      }
      always.run();
    });
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      bug.accept(e);
    }
  }

  /// Between two turns, on this thread.
  void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /// Between two turns, on this thread, unless one is under way.
  void ifFree(Runnable work) {
    if (lock.tryLock()) {
      try {
        guarded(work);
      } finally {
        lock.unlock();
      }
    }
  }
}
