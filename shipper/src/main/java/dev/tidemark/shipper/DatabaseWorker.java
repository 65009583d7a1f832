package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A shipped database as others see it: asks its [DatabaseLife], and waits for the answers.
final class DatabaseWorker implements ShippedDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWorker.class);

  /// How long a look at the database may take.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final DatabaseLife life;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private volatile boolean stopping;

  DatabaseWorker(DatabaseLife life, Context context) {
    this.life = life;
    this.clock = context.clock();
    this.nanos = context.nanos();
  }

  DatabaseLife life() {
    return life;
  }

  long comparisons() {
    return life.comparisons();
  }

  @Override
  public Path database() {
    return life.database();
  }

  @Override
  public Path stateFolder() {
    return life.stateFolder();
  }

  @Override
  public CompletableFuture<Void> ended() {
    return life.ended().copy();
  }

  @Override
  public CompletableFuture<Void> firstLook() {
    return life.firstLook().copy();
  }

  boolean hasEnded() {
    return life.ended().isDone();
  }

  @Override
  public Position sync(DurabilityLevel level, Duration timeout)
      throws TimeoutException, FencedException, InterruptedException {
    return await(life.request(SyncRequest.of(level)), timeout);
  }

  private static Position await(SyncRequest request, Duration timeout)
      throws TimeoutException, FencedException, InterruptedException {
    CompletableFuture<Position> reached = request.reached();
    try {
      // Also for whoever does not want to wait, it is looked once.
      if (timeout.compareTo(LOOK) < 0) {
        awaitLook(request);
      }
      return reached.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FencedException fenced) {
        throw fenced;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      reached.cancel(false);
    }
  }

  private static void awaitLook(SyncRequest request) throws InterruptedException {
    try {
      request.considered().get(LOOK.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("no look yet", e);
    }
  }

  @Override
  public boolean drain(Duration timeout) throws InterruptedException {
    stopping = true;
    try {
      if (life.board().isEmpty() && isWithoutContent(life.database())) {
        // It still waits for its first commit: there is nothing to lose.
        return true;
      }
      await(life.request(SyncRequest.last()), timeout);
      return true;
    } catch (TimeoutException | FencedException | IllegalStateException | IOException e) {
      LOG.debug("drain", e);
      return false;
    } finally {
      askToStop();
      awaitEnd();
    }
  }

  private static boolean isWithoutContent(Path database) throws IOException {
    Path wal = database.resolveSibling(database.getFileName() + "-wal");
    return !Files.exists(database) || (Files.size(database) == 0 && !Files.exists(wal));
  }

  /// Ends without waiting for the store.
  void askToStop() {
    stopping = true;
    life.askToStop();
  }

  void awaitEnd() {
    life.ended().exceptionally(_ -> null).join();
  }

  @Override
  public DatabaseStatus status() {
    return life.board().status(life.database(), state(), clock.millis());
  }

  private ShipperState state() {
    CompletableFuture<Void> ended = life.ended();
    if (ended.isCompletedExceptionally() && ended.exceptionNow() instanceof FencedException) {
      return ShipperState.FENCED;
    }
    if (stopping || ended.isDone()) {
      return ShipperState.STOPPING;
    }
    if (life.board().isOutage()) {
      return ShipperState.OUTAGE;
    }
    if (!life.isOpen() || life.board().isEmpty()) {
      return ShipperState.STARTING;
    }
    return life.board().isBehind() || !life.isQuiet(nanos.getAsLong())
        ? ShipperState.SHIPPING
        : ShipperState.IDLE;
  }
}
