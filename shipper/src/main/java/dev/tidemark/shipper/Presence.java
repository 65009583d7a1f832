package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the database's files are there and are still the same: attaches to them when they come,
/// lets go of them when they were replaced. Called by one thread at a time, and does not wait.
final class Presence {
  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
  private static final long REATTACH_NANOS = 200_000_000L;
  private static final int DOUBTS_MAX = 5;

  private final DatabaseConfig config;
  private final Context context;
  private boolean seen;
  private int doubts;
  private boolean missing;
  private boolean nothingLeft;
  private long attachAt;
  private Optional<String> problem = Optional.empty();

  Presence(DatabaseConfig config, Context context) {
    this.config = config;
    this.context = context;
    this.attachAt = context.nanos().getAsLong();
  }

  Optional<String> problem() {
    return problem;
  }

  /// There was no file at the look just taken.
  boolean isMissing() {
    return missing;
  }

  /// There was no file at the look just taken, and the one before is deleted and captured to its
  /// end: nothing is committed that is not captured. Of a file that may only have been moved, or
  /// was missing from the start, nobody knows.
  boolean isDeleted() {
    return missing && nothingLeft;
  }

  /// When to try again, while not attached.
  long attachAt() {
    return attachAt;
  }

  /// The start has attached already.
  void attached() {
    seen = true;
    problem = Optional.empty();
  }

  /// Attaches if that is due. `asked`: somebody wants to know what is committed by now, so that a
  /// file that was missing at the last look is looked for again, at once.
  /// UnsuitableDatabaseException: from the first look on, for a second if it may pass, what is
  /// there needs a person.
  void attach(Shipping ship, boolean asked) throws IOException, UnsuitableDatabaseException {
    long now = context.nanos().getAsLong();
    boolean due = now - attachAt >= 0 || (missing && asked);
    if (ship.capture().isPresent() || !due) {
      return;
    }
    attachAt = now + REATTACH_NANOS;
    missing = false;
    try {
      attach(ship, context.sources().open(config.database()));
      LOG.info("{}: attached", config.database());
      attached();
    } catch (NoSuchFileException _) {
      missing = true;
      waitFor(config.database() + ": the file does not exist; waiting for it");
    } catch (UnsuitableDatabaseException e) {
      boolean isEmpty = e.reason() == UnsuitableDatabaseException.Reason.EMPTY;
      boolean mayPass = !seen && e.reason().mayPass() && ++doubts < DOUBTS_MAX;
      if (!seen && !isEmpty && !mayPass) {
        throw e;
      }
      if (!mayPass) {
        waitFor(String.valueOf(e.getMessage()));
      }
    } catch (IOException e) {
      waitFor(String.valueOf(e.getMessage()));
    }
  }

  private void waitFor(String what) {
    seen = true;
    if (!problem.equals(Optional.of(what))) {
      LOG.warn("{}", what);
    }
    problem = Optional.of(what);
  }

  private static void attach(Shipping ship, Source source) throws IOException {
    try {
      ship.attach(source);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// Lets go of files that are no longer the database's, to attach to the new ones.
  void watch(Shipping ship) throws IOException {
    if (ship.capture().isPresent() && !ship.capture().get().source().stillSameFiles()) {
      LOG.warn("{}: its files were removed or replaced; attaching again", config.database());
      nothingLeft = false;
      nothingLeft = ship.letGo();
      attachAt = context.nanos().getAsLong();
    }
  }
}
