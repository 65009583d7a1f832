package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// One database, one bucket in a folder, and a shipper that can be started again and again.
final class Rig implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final String name;
  private final LockMode locks;
  private ObjectStore store;
  private Optional<Position> takeOver = Optional.empty();
  private long quotaBytes = 1L << 30;
  private long walCapBytes = 1L << 30;
  private Duration interval = Duration.ofMillis(20);
  private Optional<Duration> auditInterval = Optional.of(Duration.ofDays(1));
  private long auditBytesPerSecond = Audit.BYTES_PER_SECOND;
  private Function<Path, StateFiles> files = DiskFiles::new;
  private Optional<Shipper> shipper = Optional.empty();

  Rig(Path folder, String name, LockMode locks) {
    this.folder = folder;
    this.name = name;
    this.locks = locks;
    this.store = local(folder.resolve("bucket"));
  }

  Rig(Path folder) {
    this(folder, "app.db", LockMode.AUTO);
  }

  static ObjectStore local(Path root) {
    return Stores.open(StoreUrl.parse(root.toString(), Optional.empty()), true);
  }

  Rig store(ObjectStore other) {
    store = other;
    return this;
  }

  Rig takeOver(Position head) {
    takeOver = Optional.of(head);
    return this;
  }

  Rig limits(long quota, long walCap) {
    quotaBytes = quota;
    walCapBytes = walCap;
    return this;
  }

  Rig interval(Duration between) {
    interval = between;
    return this;
  }

  Rig files(Function<Path, StateFiles> opener) {
    files = opener;
    return this;
  }

  /// How often the self-audit runs, and how fast it reads.
  Rig audit(Optional<Duration> every, long bytesPerSecond) {
    auditInterval = every;
    auditBytesPerSecond = bytesPerSecond;
    return this;
  }

  ObjectStore store() {
    return store;
  }

  Path database() {
    return folder.resolve(name);
  }

  Path state() throws IOException {
    return StateFolder.of(database());
  }

  DatabaseConfig config() {
    return new DatabaseConfig(
        database(),
        store,
        "bucket",
        takeOver,
        interval,
        Optional.of(Duration.ZERO),
        quotaBytes,
        walCapBytes,
        auditInterval);
  }

  /// Starts a shipper of its own for the database.
  DatabaseWorker start() throws IOException, FencedException {
    shipper = Optional.of(Shipper.start(locks, files, new IoBudget(auditBytesPerSecond)));
    return (DatabaseWorker) shipper.get().add(config());
  }

  /// Stops without shipping what is left.
  void stop() {
    shipper.ifPresent(Shipper::close);
    shipper = Optional.empty();
  }

  static Position stored(ShippedDatabase database) throws Exception {
    return database.sync(DurabilityLevel.STORED, PATIENCE);
  }

  /// Why it ended.
  static Throwable endOf(ShippedDatabase database) throws Exception {
    database.ended().exceptionally(_ -> null).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return database.ended().exceptionNow();
  }

  static void until(String what, Callable<Boolean> claim) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!claim.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not happen: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    stop();
    store.close();
  }
}
