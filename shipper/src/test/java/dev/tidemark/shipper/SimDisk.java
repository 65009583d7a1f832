package dev.tidemark.shipper;

import java.io.IOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The disk of a simulated machine: flat named files in memory that outlive the processes which use
/// them, one after the other, through [#open].
///
/// What is written is volatile until it is synced. A process that is killed leaves all of it; a
/// power loss leaves any part. The same seed and the same calls give the same bytes.
final class SimDisk {
  private static final long NEVER = Long.MAX_VALUE;

  private final RandomGenerator random;
  private final SimFolder folder;
  private Optional<SimFiles> process = Optional.empty();
  private long calls;
  private long failAt = NEVER;
  private long killAt = NEVER;
  private boolean syncsFail;
  private boolean memoryEnds;
  private long room = Long.MAX_VALUE;
  private long usable = 1L << 40;

  SimDisk(long seed) {
    this(new SplittableRandom(seed));
  }

  /// A generator of zeros makes the worst disk: of what may be lost, all is.
  SimDisk(RandomGenerator random) {
    this(random, new SimFolder());
  }

  private SimDisk(RandomGenerator random, SimFolder folder) {
    this.random = random;
    this.folder = folder;
  }

  /// A copy of the disk, as a volume snapshot makes it.
  synchronized SimDisk copy(RandomGenerator itsRandom) {
    return new SimDisk(itsRandom, folder.copy());
  }

  /// From now on nothing goes wrong.
  synchronized void calm() {
    failAt = NEVER;
    killAt = NEVER;
    syncsFail = false;
    room = Long.MAX_VALUE;
    usable = 1L << 40;
  }

  /// The files for another process; an earlier one is killed if it still runs.
  synchronized SimFiles open() {
    kill();
    SimFiles files = new SimFiles(this);
    process = Optional.of(files);
    return files;
  }

  /// Whether a process has its files here, and lives.
  synchronized boolean isInUse() {
    return process.isPresent();
  }

  /// Ends the process. The system keeps what it wrote.
  synchronized void kill() {
    process = Optional.empty();
    folder.unmapAll();
  }

  /// Ends the process, and leaves what is durable and any part of the rest.
  synchronized void losePower() {
    process = Optional.empty();
    folder.losePower(random);
  }

  /// How many calls changed or synced something so far, the ones that failed included.
  synchronized long calls() {
    return calls;
  }

  /// Lets the n-th such call from now on fail, once; 1 is the next one.
  synchronized void failAt(long n) {
    failAt = calls + n;
  }

  /// Kills the process at the n-th such call from now on, before, amid or after its effect.
  synchronized void killAt(long n) {
    killAt = calls + n;
  }

  /// Whether all syncs of files fail from now on.
  synchronized void syncsFail(boolean fail) {
    syncsFail = fail;
  }

  /// Whether the heap is too small for what is written from now on.
  synchronized void memoryEnds(boolean now) {
    memoryEnds = now;
  }

  void checkMemory() {
    if (memoryEnds) {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  /// From now on, this many more bytes can be written.
  synchronized void room(long bytes) {
    room = bytes;
  }

  /// What the disk says is free, whatever can be written.
  synchronized void usableBytes(long bytes) {
    usable = bytes;
  }

  long usableBytes() {
    return usable;
  }

  SimFolder folder() {
    return folder;
  }

  RandomGenerator random() {
    return random;
  }

  void checkAlive(SimFiles caller) {
    if (process.isEmpty() || process.get() != caller) {
      throw new SimKilled();
    }
  }

  /// What happens to a call.
  enum Fate {
    DONE,
    FAILED,
    KILLED
  }

  Fate next() {
    calls++;
    if (calls == killAt) {
      return Fate.KILLED;
    }
    return calls == failAt ? Fate.FAILED : Fate.DONE;
  }

  /// The same for the sync of a file.
  Fate nextSync() {
    Fate fate = next();
    return fate == Fate.DONE && syncsFail ? Fate.FAILED : fate;
  }

  /// A call that has its effect or not.
  void perform(Runnable effect) throws IOException {
    Fate fate = next();
    if (fate == Fate.DONE || (fate == Fate.KILLED && random.nextBoolean())) {
      effect.run();
    }
    end(fate);
  }

  /// How many of so many bytes are written, given the fate of the call.
  int written(Fate fate, int length) {
    return fate == Fate.DONE ? (int) takeRoom(length) : random.nextInt(length + 1);
  }

  /// How many of so many bytes there is room for; they are taken.
  long takeRoom(long bytes) {
    long fits = Math.min(bytes, room);
    room -= fits;
    return fits;
  }

  void end(Fate fate) throws IOException {
    switch (fate) {
      case DONE -> {}
      case FAILED -> throw new IOException("Input/output error");
      case KILLED -> {
        kill();
        throw new SimKilled();
      }
    }
  }
}
