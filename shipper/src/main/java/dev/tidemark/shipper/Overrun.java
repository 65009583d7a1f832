package dev.tidemark.shipper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What to do when there is no room for more: first capturing waits, while the pin keeps every
/// position in the WAL; then the pin goes, so that the application is never hurt, and the positions
/// in between are lost. That is at the cap, or as soon as a RESTART or TRUNCATE of the application
/// waits for the pin: it holds back every writer, and nothing else would let it go on.
final class Overrun {
  private static final Logger LOG = LoggerFactory.getLogger(Overrun.class);

  /// Capturing never takes the last of the disk.
  static final long DISK_FREE_MIN = 1L << 30;

  /// How long a RESTART or TRUNCATE may wait for what cannot be captured.
  static final long PATIENCE_NANOS = 200_000_000L;

  private final Path database;
  private final long quotaBytes;
  private final long walCapBytes;
  private final StateFiles files;
  private boolean dropped;
  private Optional<String> problem = Optional.empty();
  private Optional<Long> waitedForSince = Optional.empty();

  Overrun(DatabaseConfig config, StateFiles files) {
    this.database = config.database();
    this.quotaBytes = config.spoolQuotaBytes();
    this.walCapBytes = config.walCapBytes();
    this.files = files;
  }

  /// Why capturing waits, if it does.
  Optional<String> problem() {
    return problem;
  }

  /// Whether the spool is full: even a batch under way stops then.
  boolean isFull(long spoolBytes) {
    return spoolBytes >= quotaBytes;
  }

  /// Whether there is room for more in the spool.
  boolean hasRoom(long spoolBytes) throws IOException {
    Optional<String> before = problem;
    look(spoolBytes);
    if (problem.isPresent() && !problem.equals(before)) {
      LOG.warn("{}: {}", database, problem.get());
    } else if (problem.isEmpty() && before.isPresent()) {
      LOG.info("{}: there is room again, capturing goes on", database);
    }
    return problem.isEmpty();
  }

  private void look(long spoolBytes) throws IOException {
    if (isFull(spoolBytes)) {
      problem =
          Optional.of(
              "the spool has reached its quota of %d bytes; capturing waits until segments are stored"
                  .formatted(quotaBytes));
    } else if (files.usableBytes() < DISK_FREE_MIN) {
      problem = Optional.of("less than 1 GiB of disk is free; capturing waits for more");
    } else {
      problem = Optional.empty();
    }
  }

  /// Capturing cannot go on: what is committed stays in the WAL, until that has grown to its cap.
  /// What is captured already does not count: after one very large transaction the WAL may be past
  /// the cap with nothing in it that waits.
  void limitWal(Capture capture, long now) throws IOException {
    if (dropped) {
      return;
    }
    capture.pinning().letCheckpointsOn();
    if (capture.pinning().allowReset()) {
      return;
    }
    if (capture.wal().backlogBytes() > walCapBytes) {
      drop(capture, "what waits in the WAL has reached %d bytes".formatted(walCapBytes));
    } else if (isWaitedFor(capture, now) && hasWaitedLong(now)) {
      drop(capture, "a checkpoint of the application waits for what waits in the WAL");
    }
  }

  private void drop(Capture capture, String why) throws IOException {
    dropped = true;
    LOG.warn(
        "{}: {} and nothing can be captured; letting it go. What is committed until there is room"
            + " again becomes one transaction",
        capture.source().path(),
        why);
    capture.pinning().drop();
  }

  /// To be asked often while nothing can be captured: whether a checkpoint holds back the
  /// application's writers, so that [#limitWal] is to be called at once.
  ///
  /// What counts is the time for which everything is in the database file already: then it waits
  /// for readers, of which the pin is one, and is not at work.
  boolean isWaitedFor(Capture capture, long now) {
    capture.wal().observe();
    boolean waits = !dropped && capture.pinning().isWaitedFor();
    waitedForSince =
        waits && capture.wal().isBackfilled()
            ? waitedForSince.or(() -> Optional.of(now))
            : Optional.empty();
    return waits;
  }

  private boolean hasWaitedLong(long now) {
    return waitedForSince.filter(since -> now - since >= PATIENCE_NANOS).isPresent();
  }

  /// Holds the pin again if it was dropped, and closes the gap. False: there is no pin to be had
  /// yet.
  boolean isOver(Capture capture) throws IOException {
    if (dropped && capture.pinning().retake()) {
      reconcile(capture);
      dropped = false;
    }
    return !dropped;
  }

  private static void reconcile(Capture capture) throws IOException {
    try {
      capture.reconcile();
    } catch (IOException | RuntimeException e) {
      // Or the WAL would be held without anybody who minds its cap.
      capture.pinning().drop();
      throw e;
    }
  }

  /// The pin went with the files that were let go.
  void forget() {
    dropped = false;
  }
}
