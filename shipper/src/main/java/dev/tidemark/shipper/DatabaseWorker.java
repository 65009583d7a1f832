package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.SourceDatabase;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One database in the daemon. Whoever has something for it leaves a note and pokes it; [#step]
/// works the notes off, under a lock, so that one thread at a time owns the database, the spool and
/// the positions.
final class DatabaseWorker implements ShippedDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWorker.class);
  private static final long REATTACH_NANOS = 200_000_000L;
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long START_RETRY_MILLIS = 1_000;

  private final DatabaseConfig config;
  private final Context context;
  private final StateFolder folder;
  private final StateFiles files;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Queue<Runnable> notes = new ConcurrentLinkedQueue<>();
  private final List<SyncRequest> syncs = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private Optional<Shipping> shipping = Optional.empty();
  private boolean seenDatabase;
  private long attachAt;
  private volatile long dueAt;
  private volatile long lastActivity;
  private volatile boolean stopping;
  private volatile boolean honoursConditions = true;
  private volatile Optional<String> problem = Optional.empty();
  private volatile Optional<Snapshot> snapshot = Optional.empty();

  /// What the last step left, for [#status].
  private record Snapshot(
      Position captured,
      Position stored,
      Optional<Long> oldestMillis,
      long walBytes,
      long spoolBytes,
      boolean outage,
      Optional<String> problem) {}

  DatabaseWorker(DatabaseConfig config, Context context, StateFolder folder) {
    this.config = config;
    this.context = context;
    this.folder = folder;
    this.files = new DiskFiles(folder.path());
    this.lastActivity = context.nanos().getAsLong();
    this.dueAt = Long.MAX_VALUE;
    this.attachAt = lastActivity;
  }

  /// Has something done once this is no longer shipped, whatever the reason.
  void onEnd(Runnable work) {
    CompletableFuture<Void> _ = ended.whenComplete((_, _) -> work.run());
  }

  /// Runs the start on the pool of what waits.
  void start() {
    context.requests().execute(this::open);
  }

  private void open() {
    Opening opening = new Opening(config, context, files, reason -> problem = Optional.of(reason));
    try {
      Optional<Opening.Opened> local = opening.local();
      boolean capturing =
          local.isPresent() && local.get().tableFits() && config.takeOver().isEmpty();
      if (capturing) {
        begin(local.get());
      }
      Opening.Decided decided = settle(opening, local, capturing);
      note(() -> settled(decided));
    } catch (InterruptedException | ShipperStoppedException _) {
      abandon(opening);
      note(() -> end(Optional.empty()));
    } catch (Exception e) {
      abandon(opening);
      note(() -> end(Optional.of(e)));
    }
  }

  private static void abandon(Opening opening) {
    try {
      opening.abandon();
    } catch (IOException e) {
      LOG.warn("closing the database: {}", e.getMessage());
    }
  }

  private void begin(Opening.Opened local) {
    lock.lock();
    try {
      shipping = Optional.of(new Shipping(config, context, files, local));
    } finally {
      lock.unlock();
    }
    poke();
  }

  /// With a local state that captures meanwhile, an unreachable store is an outage to sit out;
  /// without, it is the end.
  private Opening.Decided settle(Opening opening, Optional<Opening.Opened> local, boolean capturing)
      throws IOException,
          StoreException,
          DamagedLogException,
          FencedException,
          UnsuitableDatabaseException,
          InterruptedException,
          ShipperStoppedException {
    while (true) {
      try {
        return opening.settle(local);
      } catch (StoreException e) {
        if (!capturing || e.kind() == StoreException.Kind.REFUSED) {
          throw e;
        }
        note(() -> shipping.orElseThrow().storeProblem(String.valueOf(e.getMessage())));
      }
      if (stopping) {
        throw new ShipperStoppedException();
      }
      Thread.sleep(START_RETRY_MILLIS);
    }
  }

  private static final class ShipperStoppedException extends Exception {}

  private void settled(Opening.Decided decided) {
    try {
      if (shipping.isEmpty()) {
        shipping = Optional.of(new Shipping(config, context, files, decided.opened()));
      }
      honoursConditions = decided.remote().honoursConditions();
      if (!honoursConditions) {
        LOG.warn(
            "{} ignores put-if-absent: two writers would not be told apart (detect-only); never run"
                + " more than one",
            config.url());
      }
      problem = Optional.empty();
      shipping.get().open(decided.remote());
      if (decided.source().isPresent()) {
        shipping.get().attach(decided.source().get());
        seenDatabase = true;
      }
      opened.complete(null);
    } catch (IOException e) {
      end(Optional.of(e));
    }
  }

  /// Leaves work for the next step.
  private void note(Runnable work) {
    notes.add(work);
    poke();
  }

  private void poke() {
    if (scheduled.compareAndSet(false, true)) {
      context.captures().execute(this::run);
    }
  }

  private void run() {
    scheduled.set(false);
    lock.lock();
    try {
      step();
    } catch (IOException | RuntimeException | InternalError e) {
      LOG.warn("{}: {}", config.database(), e.toString());
      problem = Optional.of(String.valueOf(e.getMessage()));
      dueAt = context.nanos().getAsLong() + Shipping.IDLE_NANOS;
      if (e instanceof RuntimeException bug) {
        end(Optional.of(bug));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Looks whether there is something to do; called every millisecond while anything goes on.
  /// Nearly free if not.
  void poll(long now) {
    if (ended.isDone() || !lock.tryLock()) {
      return;
    }
    try {
      boolean due = now - dueAt >= 0 && dueAt != Long.MAX_VALUE;
      if (shipping.isPresent()) {
        boolean work = shipping.get().isDue(now, isFlushing());
        if (work) {
          lastActivity = now;
        }
        due |= work;
      }
      if (due) {
        dueAt = Long.MAX_VALUE;
        poke();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A file beside the database changed: it is worth looking often for a while.
  void wake(long now) {
    lastActivity = now;
  }

  /// Nothing has happened for a while and nothing is under way.
  boolean isQuiet(long now) {
    return now - lastActivity > QUIET_NANOS;
  }

  private boolean isFlushing() {
    return syncs.stream().anyMatch(SyncRequest::wantsStored);
  }

  private void step() throws IOException {
    for (Runnable work = notes.poll(); work != null; work = notes.poll()) {
      work.run();
    }
    if (ended.isDone() || shipping.isEmpty()) {
      return;
    }
    Shipping ship = shipping.get();
    long now = context.nanos().getAsLong();
    if (ship.capture().isEmpty() && now - attachAt >= 0) {
      attach(ship, now);
    }
    capture(ship);
    answer(ship);
    ship.ship(isFlushing(), context.requests(), outcome -> note(() -> uploaded(outcome)));
    ship.recordStored();
    watchFiles(ship);
    publish(ship);
    dueAt = ship.nextDue(context.nanos().getAsLong());
    if (ship.capture().isEmpty()) {
      dueAt = Math.min(dueAt, attachAt);
    }
  }

  private void capture(Shipping ship) throws IOException {
    boolean all = ship.capture().isPresent() && ship.captureNow();
    if (all) {
      for (SyncRequest request : syncs) {
        if (!request.hasTarget()) {
          request.aim(ship.captured());
        }
      }
    }
  }

  private void answer(Shipping ship) {
    syncs.removeIf(request -> request.answer(ship.stored()));
  }

  private void attach(Shipping ship, long now) throws IOException {
    attachAt = now + REATTACH_NANOS;
    try {
      Source source = SourceDatabase.open(config.database(), context.locks());
      seenDatabase = true;
      try {
        ship.attach(source);
      } catch (IOException | RuntimeException e) {
        source.close();
        throw e;
      }
      problem = Optional.empty();
      LOG.info("{}: attached", config.database());
    } catch (NoSuchFileException _) {
      seenDatabase = true;
      problem = Optional.of("the database file does not exist; waiting for it");
    } catch (UnsuitableDatabaseException e) {
      if (!seenDatabase && e.reason() != UnsuitableDatabaseException.Reason.EMPTY) {
        end(Optional.of(e));
      }
      seenDatabase = true;
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void uploaded(Uploader.Outcome outcome) {
    Shipping ship = shipping.orElseThrow();
    lastActivity = context.nanos().getAsLong();
    Optional<String> fenced = ship.uploaded(outcome);
    answer(ship);
    if (outcome instanceof Uploader.Outcome.Failed(String reason)) {
      LOG.warn("{}: {}; trying again", config.url(), reason);
    }
    fenced.ifPresent(reason ->
        end(
            Optional.of(
                new FencedException(
                    config.url()
                        + ": fenced: "
                        + reason
                        + "; this writer has stopped, and nothing of it is lost: its state is in "
                        + folder.path()))));
  }

  /// Lets go of files that are no longer the database's, to attach to the new ones.
  private void watchFiles(Shipping ship) throws IOException {
    if (ship.capture().isEmpty()) {
      return;
    }
    Capture capture = ship.capture().get();
    if (!capture.source().stillSameFiles()) {
      LOG.warn("{}: its files were replaced; attaching again", config.database());
      problem = Optional.of("the database's files were removed or replaced");
      ship.detach();
      attachAt = context.nanos().getAsLong();
    } else if (isQuiet(context.nanos().getAsLong())) {
      capture.stampIfQuiet();
    }
  }

  private void publish(Shipping ship) {
    snapshot =
        Optional.of(
            new Snapshot(
                ship.captured(),
                ship.stored(),
                ship.spool().oldestTimestampMillis(),
                ship.capture().map(Capture::walBytes).orElse(0L),
                ship.spool().bytes(),
                ship.isOutage(),
                ship.problem()));
  }

  private void end(Optional<Exception> failure) {
    if (ended.isDone()) {
      return;
    }
    problem = failure.map(e -> String.valueOf(e.getMessage()));
    failure.ifPresentOrElse(ended::completeExceptionally, () -> ended.complete(null));
    try {
      if (shipping.isPresent()) {
        publish(shipping.get());
        shipping.get().close();
      }
      files.close();
      folder.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: closing: {}", config.database(), e.getMessage());
    }
    for (SyncRequest request : syncs) {
      request.reached().completeExceptionally(endedBecause());
    }
    syncs.clear();
    opened.complete(null);
  }

  @Override
  public Path database() {
    return config.database();
  }

  @Override
  public Path stateFolder() {
    return folder.path();
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public Position sync(DurabilityLevel level, Duration timeout)
      throws TimeoutException, FencedException, InterruptedException {
    SyncRequest request = new SyncRequest(level);
    note(() -> {
      lastActivity = context.nanos().getAsLong();
      if (ended.isDone()) {
        request.reached().completeExceptionally(endedBecause());
      } else {
        syncs.add(request);
      }
    });
    try {
      return request.reached().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FencedException fenced) {
        throw fenced;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      request.reached().cancel(false);
    }
  }

  private Throwable endedBecause() {
    return ended.isCompletedExceptionally()
        ? ended.exceptionNow()
        : new IOException("this database is no longer shipped");
  }

  @Override
  public boolean drain(Duration timeout) throws InterruptedException {
    stopping = true;
    long until = System.nanoTime() + timeout.toNanos();
    try {
      opened.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (ended.isCompletedExceptionally()) {
        return false;
      }
      Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      sync(DurabilityLevel.STORED, left);
      return true;
    } catch (TimeoutException | FencedException | ExecutionException | IllegalStateException e) {
      LOG.debug("drain", e);
      return false;
    } finally {
      stop();
    }
  }

  /// Ends without waiting for the store.
  void stop() {
    stopping = true;
    note(() -> end(Optional.empty()));
    ended.exceptionally(_ -> null).join();
  }

  @Override
  public DatabaseStatus status() {
    Optional<Snapshot> now = snapshot;
    long lag = now.map(s -> s.captured().txid().value() - s.stored().txid().value()).orElse(0L);
    long lagMillis =
        now.flatMap(Snapshot::oldestMillis)
            .map(oldest -> Math.max(0, context.clock().millis() - oldest))
            .orElse(0L);
    return new DatabaseStatus(
        config.database(),
        now.map(Snapshot::captured),
        now.map(Snapshot::captured),
        now.map(Snapshot::stored),
        lag == 0 ? 0 : lagMillis,
        lag,
        now.map(Snapshot::walBytes).orElse(0L),
        now.map(Snapshot::spoolBytes).orElse(0L),
        honoursConditions,
        state(now, lag),
        problem.or(() -> now.flatMap(Snapshot::problem)));
  }

  private ShipperState state(Optional<Snapshot> now, long lag) {
    if (ended.isCompletedExceptionally()) {
      return ended.exceptionNow() instanceof FencedException
          ? ShipperState.FENCED
          : ShipperState.STOPPING;
    }
    if (stopping || ended.isDone()) {
      return ShipperState.STOPPING;
    }
    if (now.isEmpty() || (!opened.isDone() && !now.get().outage())) {
      return ShipperState.STARTING;
    }
    if (now.get().outage()) {
      return ShipperState.OUTAGE;
    }
    return lag > 0 || !isQuiet(context.nanos().getAsLong())
        ? ShipperState.SHIPPING
        : ShipperState.IDLE;
  }
}
