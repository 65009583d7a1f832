package dev.tidemark.shipper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// The threads and the clock of a simulation: exactly one thread runs at a time, from one [#pause]
/// to the next, and the generator decides which. The same generator gives the same run.
///
/// Threads belong to processes; those of a killed process never run on.
final class SimThreads {
  /// One simulated process.
  static final class SimProcess {
    private final String name;
    private boolean killed;
    private boolean stopped;

    SimProcess(String name) {
      this.name = name;
    }

    /// As SIGSTOP and SIGCONT do: its threads rest, for as long as it takes.
    void stop(boolean now) {
      stopped = now;
    }

    boolean isKilled() {
      return killed;
    }

    /// From now on it does nothing any more.
    void kill() {
      killed = true;
    }

    /// For whatever a process does to the world outside: SimKilled once it is dead.
    void checkAlive() {
      if (killed) {
        throw new SimKilled();
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final class Task {
    private final SimProcess process;
    private final Semaphore baton = new Semaphore(0);
    private Optional<Thread> thread = Optional.empty();
    private BooleanSupplier held = () -> false;
    private long wakesAt;
    private boolean ended;

    Task(SimProcess process) {
      this.process = process;
    }

    boolean canRun() {
      return !process.stopped && !held.getAsBoolean();
    }
  }

  private static final long TICK_NANOS = 1_000;

  private final RandomGenerator random;
  private final Semaphore driver = new Semaphore(0);
  private final List<Task> tasks = new ArrayList<>();
  private Optional<Task> running = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private long nanos;

  SimThreads(RandomGenerator random) {
    this.random = random;
  }

  /// The time; each look at it takes a microsecond, so that nobody waits for it in vain.
  long nanos() {
    nanos += TICK_NANOS;
    return nanos;
  }

  /// The time by a clock outside of the simulated machines: to look at it takes none.
  long nanosOutside() {
    return nanos;
  }

  void advance(long by) {
    nanos += by;
  }

  /// Adds a thread; it begins when it is chosen. Of a dead process: nothing.
  void start(SimProcess process, Runnable work) {
    if (process.isKilled()) {
      return;
    }
    Task task = new Task(process);
    task.wakesAt = nanos;
    tasks.add(task);
    task.thread =
        Optional.of(
            Thread.ofVirtual()
                .unstarted(() -> {
                  task.baton.acquireUninterruptibly();
                  run(task, work);
                }));
    task.thread.get().start();
  }

  private void run(Task task, Runnable work) {
    try {
      if (!task.process.isKilled()) {
        work.run();
      }
    } catch (SimKilled _) {
      // As it should be.
    } catch (Throwable e) {
      if (!task.process.isKilled()) {
        failure = Optional.of(e);
      }
    } finally {
      task.ended = true;
      driver.release();
    }
  }

  /// Whether the caller is a thread of the simulation, and not one that such a thread waits for.
  boolean isOurs() {
    return running.flatMap(task -> task.thread).filter(Thread.currentThread()::equals).isPresent();
  }

  /// Lets others run. SimKilled if the process died meanwhile.
  void pause() {
    pause(0);
  }

  private void pause(long length) {
    Task task = running.orElseThrow();
    task.wakesAt = nanos + length;
    driver.release();
    task.baton.acquireUninterruptibly();
    task.process.checkAlive();
  }

  /// Lets others run, and does not go on while this holds.
  void pauseWhile(BooleanSupplier held) {
    Task task = running.orElseThrow();
    task.held = held;
    pause();
    task.held = () -> false;
  }

  void sleep(long millis) throws InterruptedException {
    pause(millis * 1_000_000);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /// Lets one thread run to its next pause, after those that sleep if nobody else can. False: there
  /// is none.
  boolean step() {
    List<Task> ready = tasks.stream().filter(Task::canRun).toList();
    if (ready.isEmpty()) {
      return false;
    }
    nanos = Math.max(nanos, ready.stream().mapToLong(task -> task.wakesAt).min().orElseThrow());
    List<Task> awake = ready.stream().filter(task -> task.wakesAt <= nanos).toList();
    resume(awake.get(random.nextInt(awake.size())));
    return true;
  }

  /// The same among the threads of one process.
  boolean step(SimProcess process) {
    List<Task> ready =
        tasks.stream()
            .filter(task -> task.process == process && task.canRun() && task.wakesAt <= nanos)
            .toList();
    if (!ready.isEmpty()) {
      resume(ready.get(random.nextInt(ready.size())));
    }
    return !ready.isEmpty();
  }

  /// Whether a thread could run now, without time going on.
  boolean isBusy() {
    return tasks.stream().anyMatch(task -> task.wakesAt <= nanos && task.canRun());
  }

  /// Whether a process has threads that have not ended.
  boolean isAlive(SimProcess process) {
    return tasks.stream().anyMatch(task -> task.process == process);
  }

  private void resume(Task task) {
    running = Optional.of(task);
    task.baton.release();
    driver.acquireUninterruptibly();
    running = Optional.empty();
    if (task.ended) {
      tasks.remove(task);
    }
    if (failure.isPresent()) {
      throw new AssertionError(
          "in %s: %s".formatted(task.process, failure.get().getMessage()), failure.get());
    }
  }

  /// Ends the threads of dead processes.
  void bury() {
    for (Task task : List.copyOf(tasks)) {
      while (task.process.isKilled() && !task.ended) {
        resume(task);
      }
    }
  }
}
