package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// A database that is being shipped. All methods may be called from any thread.
public interface ShippedDatabase {
  Path database();

  /// The state directory beside the database.
  Path stateFolder();

  DatabaseStatus status();

  /// Completes when commits are captured, so that each one from then on is a transaction of its
  /// own; also when that has to wait for the application (there is no file yet, or an empty one),
  /// and when it ends before.
  CompletableFuture<Void> firstLook();

  /// Waits until everything committed before the call has reached the level; flushes now. Answers
  /// the position reached. IllegalStateException if it ends meanwhile for another reason than being
  /// fenced.
  Position sync(DurabilityLevel level, Duration timeout)
      throws TimeoutException, FencedException, InterruptedException;

  /// Completes when the database is no longer shipped: normally if it was told to stop, else
  /// exceptionally with the reason ([FencedException], `UnsuitableDatabaseException`,
  /// `StoreException`, `DamagedLogException`, IOException).
  CompletableFuture<Void> ended();

  /// Captures and ships what there is, then stops. True if everything committed before the call is
  /// stored.
  boolean drain(Duration timeout) throws InterruptedException;
}
