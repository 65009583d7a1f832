package dev.tidemark.shipper;

import dev.tidemark.sqlite.LockMode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Ships any number of databases from one process: one thread that watches, a few that capture, and
/// a virtual thread for each request under way.
public final class Shipper implements AutoCloseable {
  private static final int CAPTURE_THREADS = 4;

  private final ExecutorService captures;
  private final ExecutorService requests;
  private final Context context;
  private final Poller poller;
  private final List<DatabaseWorker> workers = new CopyOnWriteArrayList<>();

  private Shipper(LockMode locks) throws IOException {
    captures =
        Executors.newFixedThreadPool(
            CAPTURE_THREADS, Thread.ofPlatform().name("tidemark-capture-", 1).daemon().factory());
    requests = Executors.newVirtualThreadPerTaskExecutor();
    context =
        new Context(
            InstantSource.system(),
            System::nanoTime,
            new SecureRandom(),
            locks,
            captures,
            requests);
    poller = new Poller(System::nanoTime);
  }

  /// Starts without databases.
  public static Shipper start(LockMode locks) throws IOException {
    Shipper shipper = new Shipper(locks);
    shipper.poller.start();
    return shipper;
  }

  /// Registers a database and returns at once; what is wrong with it, or with the bucket, ends it
  /// ([ShippedDatabase#ended]). A database file that is not there yet is waited for.
  ///
  /// FencedException: another process ships the same database here. IOException: the state
  /// directory cannot be used.
  public ShippedDatabase add(DatabaseConfig config) throws IOException, FencedException {
    StateFolder folder = StateFolder.open(StateFolder.of(config.database()));
    DatabaseWorker worker = new DatabaseWorker(config, context, folder);
    workers.add(worker);
    poller.add(worker);
    worker.onEnd(() -> forget(worker));
    worker.start();
    return worker;
  }

  private void forget(DatabaseWorker worker) {
    workers.remove(worker);
    poller.remove(worker);
  }

  /// Stops everything without waiting for the store; what is spooled is shipped by the next run.
  /// See [ShippedDatabase#drain].
  @Override
  public void close() {
    workers.forEach(DatabaseWorker::stop);
    poller.stop();
    requests.shutdownNow();
    captures.shutdown();
  }
}
