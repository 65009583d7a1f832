package dev.tidemark.shipper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What to do when there is no room for more: first capturing waits, while the pin keeps every
/// position in the WAL; then, at the cap, the pin goes, so that the application is never hurt, and
/// the positions in between are lost.
final class Overrun {
  private static final Logger LOG = LoggerFactory.getLogger(Overrun.class);

  /// Capturing never takes the last of the disk.
  static final long DISK_FREE_MIN = 1L << 30;

  private final Path database;
  private final long quotaBytes;
  private final long walCapBytes;
  private final StateFiles files;
  private boolean dropped;
  private Optional<String> problem = Optional.empty();

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
  void limitWal(Capture capture) throws IOException {
    if (dropped) {
      return;
    }
    capture.pinning().letCheckpointsOn();
    if (capture.wal().backlogBytes() > walCapBytes) {
      dropped = true;
      LOG.warn(
          "{}: what waits in the WAL has reached {} bytes and nothing can be captured; letting it"
              + " go. What is committed until there is room again becomes one transaction",
          capture.source().path(),
          walCapBytes);
      capture.pinning().drop();
    }
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
