package dev.tidemark.shipper;

import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// Ships any number of databases from one process: one thread that watches, a few that capture and
/// that make segments, and a virtual thread for each request under way.
public final class Shipper implements AutoCloseable {
  private static final int CAPTURE_THREADS = 4;
  private static final int SEGMENT_THREADS = 2;

  private final ExecutorService captures;
  private final ExecutorService segments;
  private final ExecutorService requests;
  private final Context context;
  private final Poller poller;
  private final List<DatabaseWorker> workers = new CopyOnWriteArrayList<>();

  private Shipper(LockMode locks, Function<Path, StateFiles> files, IoBudget auditBudget)
      throws IOException {
    captures = pool("tidemark-capture-", CAPTURE_THREADS);
    segments = pool("tidemark-segment-", SEGMENT_THREADS);
    requests = Executors.newVirtualThreadPerTaskExecutor();
    context =
        new Context(
            InstantSource.system(),
            System::nanoTime,
            Thread::sleep,
            new SecureRandom(),
            database -> SourceDatabase.open(database, locks),
            files,
            captures,
            segments,
            requests,
            auditBudget);
    poller = new Poller(System::nanoTime);
  }

  private static ExecutorService pool(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads, Thread.ofPlatform().name(name, 1).daemon().factory());
  }

  /// Starts without databases.
  public static Shipper start(LockMode locks) throws IOException {
    return start(locks, DiskFiles::new, new IoBudget(Audit.BYTES_PER_SECOND));
  }

  /// With state directories of its own kind, and so much for the self-audits to read.
  static Shipper start(LockMode locks, Function<Path, StateFiles> files, IoBudget auditBudget)
      throws IOException {
    Shipper shipper = new Shipper(locks, files, auditBudget);
    shipper.poller.start();
    return shipper;
  }

  /// Registers a database and returns at once; what is wrong with it, or with the bucket, ends it
  /// ([ShippedDatabase#ended]). A database file that is not there yet is waited for.
  ///
  /// FencedException: another process ships the same database here. IOException: the state
  /// directory cannot be used.
  public synchronized ShippedDatabase add(DatabaseConfig config)
      throws IOException, FencedException {
    Path state = StateFolder.of(config.database());
    // Even opening the lock file once more would drop this process's lock on it.
    if (workers.stream()
        .anyMatch(worker -> !worker.hasEnded() && worker.stateFolder().equals(state))) {
      throw new FencedException(
          "this daemon (process %d) ships %s already"
              .formatted(ProcessHandle.current().pid(), config.database()));
    }
    StateFolder folder = StateFolder.open(state);
    DatabaseLife life = new DatabaseLife(config, context, state, folder);
    DatabaseWorker worker = new DatabaseWorker(life, context);
    workers.add(worker);
    poller.add(life);
    var _ = life.ended().whenComplete((_, _) -> forget(worker));
    life.start();
    return worker;
  }

  private void forget(DatabaseWorker worker) {
    workers.remove(worker);
    poller.remove(worker.life());
  }

  /// Stops everything without waiting for the store; what is spooled is shipped by the next run.
  /// See [ShippedDatabase#drain].
  @Override
  public void close() {
    workers.forEach(DatabaseWorker::askToStop);
    workers.forEach(DatabaseWorker::awaitEnd);
    poller.stop();
    requests.shutdownNow();
    segments.shutdown();
    captures.shutdown();
  }
}
