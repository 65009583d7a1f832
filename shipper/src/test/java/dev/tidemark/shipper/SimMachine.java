package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// One simulated machine: a database with its application, a disk with the state directory, and a
/// daemon that comes and goes.
final class SimMachine {
  private static final long WAL_CAP = 1 << 20;

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /// A look every few dozen milliseconds.
  private static final long AUDIT_BYTES_PER_SECOND = 20L << 20;

  /// Somebody asked for what was committed then to reach a level.
  private record Asked(SyncRequest request, DurabilityLevel level, Optional<SimState> committed) {}

  /// It has, said the daemon: all up to `committed`, at this position.
  record Acknowledged(DurabilityLevel level, Position position, Optional<SimState> committed) {}

  private final String name;
  private final SimThreads threads;
  private final SimStore store;
  private final RandomGenerator random;
  private final SimClock clock;
  private final SimDatabase database;
  private SimDisk disk;
  private final List<Asked> asked = new ArrayList<>();
  private Optional<SimThreads.SimProcess> process = Optional.empty();
  private Optional<DatabaseLife> life = Optional.empty();
  private Optional<SimSource> source = Optional.empty();
  private final Set<SimThreads.SimProcess> processes = new HashSet<>();
  private final Set<Position> tookOver = new HashSet<>();
  private Optional<String> ended = Optional.empty();
  private boolean fenced;
  private boolean stateLost;
  private long spoolQuota = 1 << 20;
  private int starts;

  SimMachine(
      String name,
      SimThreads threads,
      SimStore store,
      RandomGenerator random,
      SimClock clock,
      SimDatabase database,
      SimDisk disk) {
    this.name = name;
    this.threads = threads;
    this.store = store;
    this.random = random;
    this.clock = clock;
    this.database = database;
    this.disk = disk;
  }

  SimDatabase database() {
    return database;
  }

  SimDisk disk() {
    return disk;
  }

  boolean runs() {
    return process.isPresent();
  }

  /// What the daemon says of itself; empty if none runs.
  Optional<DatabaseStatus> status() {
    long now = clock.getAsLong();
    return life.map(it ->
        it.board()
            .status(
                database.path(),
                it.board().isOutage() ? ShipperState.OUTAGE : ShipperState.SHIPPING,
                now));
  }

  /// Why the last daemon ended by itself.
  Optional<String> ended() {
    return ended;
  }

  /// Whether the last daemon ended because of another writer, or what it took for one.
  boolean isFenced() {
    return fenced;
  }

  /// Whether its state directory was ever removed.
  boolean lostState() {
    return stateLost;
  }

  /// The positions that a person told it to take over.
  Set<Position> tookOver() {
    return tookOver;
  }

  /// The daemon that runs.
  SimThreads.SimProcess process() {
    return process.orElseThrow();
  }

  boolean owns(SimThreads.SimProcess which) {
    return processes.contains(which);
  }

  /// As SIGSTOP and SIGCONT.
  void stopped(boolean now) {
    process.ifPresent(it -> it.stop(now));
  }

  /// How much the daemon may keep, from its next start on.
  void spoolQuota(long bytes) {
    spoolQuota = bytes;
  }

  /// Its clock is wrong from now on.
  void clock(long wrongByMillis) {
    clock.wrongBy(wrongByMillis);
  }

  /// Somebody removes the state directory of a daemon that does not run.
  void loseState(RandomGenerator itsRandom) {
    disk = new SimDisk(itsRandom);
    stateLost = true;
  }

  /// Another machine from a copy of the disks of this one.
  SimMachine copy(String itsName, RandomGenerator itsRandom) {
    SimClock itsClock = new SimClock(threads::nanos);
    SimDatabase itsDatabase = database.copy(itsClock, itsRandom);
    SimMachine copy =
        new SimMachine(
            itsName, threads, store, itsRandom, itsClock, itsDatabase, disk.copy(itsRandom));
    copy.stateLost = stateLost;
    // Its state directory knows of it.
    copy.tookOver.addAll(tookOver);
    return copy;
  }

  /// Starts the daemon.
  void start(Duration syncInterval, Optional<Duration> spoolSync, Optional<Position> takeOver) {
    SimThreads.SimProcess now = new SimThreads.SimProcess(name + "." + ++starts);
    processes.add(now);
    takeOver.ifPresent(tookOver::add);
    fenced = false;
    ended = Optional.empty();
    SimFiles files = disk.open();
    Executor pool = work -> threads.start(now, work);
    Context context =
        new Context(
            clock::instant,
            threads::nanos,
            threads::sleep,
            random,
            _ -> attach(now),
            _ -> files,
            pool,
            pool,
            pool,
            new IoBudget(AUDIT_BYTES_PER_SECOND));
    DatabaseConfig config =
        new DatabaseConfig(
            database.path(),
            store.connect(now),
            "sim://bucket",
            takeOver,
            syncInterval,
            spoolSync,
            spoolQuota,
            WAL_CAP,
            Optional.of(Duration.ZERO));
    process = Optional.of(now);
    DatabaseLife begun = new DatabaseLife(config, context, Path.of("/sim/state"), () -> {});
    life = Optional.of(begun);
    threads.start(now, begun::start);
  }

  private Source attach(SimThreads.SimProcess by) throws IOException, UnsuitableDatabaseException {
    by.checkAlive();
    SimSource attached = database.openSource();
    source = Optional.of(attached);
    return attached;
  }

  /// What the poller does.
  void poll() {
    life.ifPresent(it -> {
      DatabaseLife running = it;
      threads.start(process.orElseThrow(), () -> running.poll(threads.nanos()));
    });
  }

  /// Somebody waits for what is committed now to be stored.
  void ask() {
    ask(DurabilityLevel.STORED);
  }

  /// The same for another level.
  void ask(DurabilityLevel level) {
    life.filter(it -> !it.ended().isDone())
        .ifPresent(it ->
            asked.add(
                new Asked(it.request(SyncRequest.of(level)), level, database.history().current())));
  }

  /// The answers since the last call.
  List<Acknowledged> answers() {
    List<Acknowledged> answers = new ArrayList<>();
    for (Iterator<Asked> each = asked.iterator(); each.hasNext(); ) {
      Asked one = each.next();
      if (one.request().reached().isDone()) {
        each.remove();
        if (!one.request().reached().isCompletedExceptionally()) {
          answers.add(
              new Acknowledged(one.level(), one.request().reached().join(), one.committed()));
        }
      }
    }
    return answers;
  }

  /// Notes that the daemon has ended by itself, or was killed in the middle of something.
  void watch() {
    if (process.isPresent() && !disk.isInUse()) {
      stop();
    }
    life.ifPresent(it -> {
      AuditStatus audit = it.board().status(database.path(), ShipperState.SHIPPING, 0).audit();
      if (audit.mismatches() > 0) {
        throw new AssertionError("false alarm of the self-audit of " + name + ": " + audit);
      }
    });
    if (life.isPresent() && life.get().ended().isDone()) {
      if (life.get().ended().isCompletedExceptionally()) {
        Throwable reason = life.get().ended().exceptionNow();
        if (reason instanceof RuntimeException || reason instanceof Error) {
          throw new AssertionError("the daemon of " + name + " ended", reason);
        }
        fenced = reason instanceof FencedException;
        ended = Optional.of(String.valueOf(reason.getMessage()));
      }
      stop();
    }
  }

  /// The daemon is killed.
  void kill() {
    stop();
  }

  private void stop() {
    process.ifPresent(SimThreads.SimProcess::kill);
    source.ifPresent(SimSource::kill);
    disk.kill();
    asked.clear();
    process = Optional.empty();
    life = Optional.empty();
    source = Optional.empty();
    threads.bury();
  }

  void losePower() {
    stop();
    disk.losePower();
    database.losePower();
  }

  @Override
  public String toString() {
    return name;
  }
}
