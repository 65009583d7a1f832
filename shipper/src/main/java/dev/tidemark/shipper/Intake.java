package dev.tidemark.shipper;

import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The side of a database that faces the application: finds its files, takes what is committed, and
/// bears what fails there, so that the side that faces the store goes on. One thread at a time.
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final DatabaseConfig config;
  private final Context context;
  private final Presence presence;
  private long pausedUntil;
  private Optional<String> failure = Optional.empty();

  Intake(DatabaseConfig config, Context context) {
    this.config = config;
    this.context = context;
    this.presence = new Presence(config, context);
    this.pausedUntil = context.nanos().getAsLong();
  }

  /// After a failure, for a moment.
  boolean isPaused(long now) {
    return now - pausedUntil < 0;
  }

  /// What is wrong on this side, if anything is.
  Optional<String> problem() {
    return failure.or(presence::problem);
  }

  /// When to look again although nothing is attached.
  long attachAt() {
    return presence.attachAt();
  }

  void attached() {
    presence.attached();
  }

  /// Takes what there is, and aims those who wait for it.
  void run(Shipping ship, SyncRequests syncs, boolean quiet)
      throws IOException, UnsuitableDatabaseException {
    long now = context.nanos().getAsLong();
    if (isPaused(now)) {
      boundWal(ship);
      return;
    }
    try {
      take(ship, syncs, quiet);
      failure = Optional.empty();
    } catch (IOException | InternalError | OutOfMemoryError e) {
      pausedUntil = now + Shipping.IDLE_NANOS;
      Optional<String> text = Optional.of(reason(e));
      if (!failure.equals(text)) {
        LOG.warn("{}: {}; trying again", config.database(), text.get());
      }
      failure = text;
      ship.captureFailed();
    }
  }

  /// What fails here is met again when the pause is over.
  private void boundWal(Shipping ship) {
    try {
      ship.captureFailed();
    } catch (IOException | InternalError e) {
      LOG.debug("{}: {}", config.database(), e.getMessage());
    }
  }

  /// What is wrong, in words for a person. Memory runs out where a transaction has too many pages
  /// for the heap.
  static String reason(Throwable failure) {
    return failure instanceof OutOfMemoryError
        ? "out of memory, maybe for a very large transaction; start the daemon with more, for"
            + " example TIDEMARK_JAVA_OPTS=-Xmx256m"
        : String.valueOf(failure.getMessage());
  }

  private void take(Shipping ship, SyncRequests syncs, boolean quiet)
      throws IOException, UnsuitableDatabaseException {
    // First, since who waits asked about the files that have the names now.
    presence.watch(ship);
    presence.attach(ship, syncs.isAiming());
    boolean all = ship.captureNow(syncs.isSpooling());
    if (all || (ship.capture().isEmpty() && presence.isDeleted())) {
      syncs.captured(ship.captured());
    } else if (ship.capture().isEmpty() && presence.isMissing()) {
      syncs.capturedOfMissing(ship.captured());
    }
    if (all) {
      ship.audit().step();
    }
    if (ship.capture().isPresent() && quiet) {
      ship.capture().get().stampIfQuiet();
    }
  }
}
