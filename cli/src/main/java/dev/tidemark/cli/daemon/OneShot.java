package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// `--once`: waits as long as things move forward, however large the database; not when the store
/// stays away.
final class OneShot {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final ShippedDatabase database;
  private final Duration outageMax;
  private OptionalLong outageSince = OptionalLong.empty();

  OneShot(ShippedDatabase database, Duration outageMax) {
    this.database = database;
    this.outageMax = outageMax;
  }

  /// `--once` has nothing to wait for.
  static void checkContent(Path database) throws IOException, CommandException {
    if (!Files.exists(database)) {
      throw new CommandException(ExitCode.NOT_FOUND, database + ": no such database");
    }
    Path wal = Path.of(database + "-wal");
    if (Files.size(database) == 0 && (!Files.exists(wal) || Files.size(wal) == 0)) {
      throw new CommandException(
          ExitCode.NOT_FOUND,
          database + ": is empty; create its tables with journal_mode=WAL first");
    }
  }

  /// Returns when everything is stored, or as soon as it is told to stop. That nothing is left to
  /// store counts only once the store was asked: the record of this machine says nothing about a
  /// bucket that is gone, or another one.
  void ship(BooleanSupplier stop) throws Exception {
    CompletableFuture<Void> ended = database.ended();
    while (!stop.getAsBoolean()) {
      try {
        database.sync(DurabilityLevel.STORED, LOOK);
        ShipperState state = database.status().state();
        if (state == ShipperState.SHIPPING || state == ShipperState.IDLE) {
          return;
        }
        ended.get(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (IllegalStateException | ExecutionException e) {
        checkEnded();
        throw e;
      } catch (TimeoutException _) {
        checkContent(database.database());
        checkOutage(database.status());
      }
      checkEnded();
    }
  }

  /// What ended the shipping says more than that nothing was stored.
  private void checkEnded() throws Exception {
    if (!database.ended().isDone()) {
      return;
    }
    try {
      database.ended().get();
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    throw new CommandException(
        ExitCode.FAILED, database.database() + ": shipping ended before everything was stored");
  }

  private void checkOutage(DatabaseStatus status) throws CommandException {
    if (status.state() != ShipperState.OUTAGE) {
      outageSince = OptionalLong.empty();
      return;
    }
    long now = System.nanoTime();
    outageSince = OptionalLong.of(outageSince.orElse(now));
    if (now - outageSince.getAsLong() >= outageMax.toNanos()) {
      Optional<String> problem = status.problem();
      throw new CommandException(
          ExitCode.STORAGE,
          problem.orElse(database.database() + ": the store does not answer")
              + "; what was captured is in the spool and goes first next time");
    }
  }
}
