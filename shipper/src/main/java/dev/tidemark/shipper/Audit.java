package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proves again and again, some pages at a time, that the database file is what was shipped. What
/// is not is told loudly, and the difference becomes a transaction. One thread at a time.
///
/// A comparison of the whole database for another reason proves as much as a pass: the next one is
/// due an interval later.
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

  /// What is read at once: little enough not to keep commits waiting.
  static final int STEP_BYTES = 256 << 10;

  /// For all databases of a process.
  static final long BYTES_PER_SECOND = 4L << 20;

  /// What cannot be repaired now is tried again after this.
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Path database;
  private final Context context;
  private final AuditPace pace;
  private final Spool spool;
  private Optional<Sweep> sweep = Optional.empty();
  private Optional<String> problem = Optional.empty();
  private AuditStatus status = AuditStatus.NONE;

  Audit(DatabaseConfig config, Context context, Spool spool) {
    this.database = config.database();
    this.context = context;
    this.pace = new AuditPace(config.auditInterval(), context.auditBudget());
    this.spool = spool;
  }

  /// One way through the pages of one database file.
  private static final class Sweep {
    private final Capture capture;
    private final FileLook look;
    private final int count;
    private long comparisons;
    private long next = 1;

    Sweep(Capture capture, Spool spool) {
      this.capture = capture;
      this.look = new FileLook(capture.source(), spool, capture.wal());
      this.count = STEP_BYTES / capture.source().pageSize();
    }

    /// Whether the whole database was compared since the last question.
    boolean isOvertaken() {
      boolean overtaken = capture.comparisons() != comparisons;
      comparisons = capture.comparisons();
      return overtaken;
    }
  }

  AuditStatus status() {
    return status;
  }

  /// What was found and could not be repaired yet.
  Optional<String> problem() {
    return problem;
  }

  /// A database file is attached. Unless that took a comparison, nobody has read it yet.
  void attached(Capture capture) {
    Sweep begun = new Sweep(capture, spool);
    sweep = Optional.of(begun);
    problem = Optional.empty();
    long now = context.nanos().getAsLong();
    if (begun.isOvertaken()) {
      pace.rest(now);
    } else {
      pace.goOn(now, STEP_BYTES);
    }
  }

  void detached() {
    sweep = Optional.empty();
    problem = Optional.empty();
    pace.stop();
  }

  /// When to call [#step] next, if ever.
  Optional<Long> dueAt() {
    return pace.next();
  }

  /// Compares the next pages if they are due. Everything committed a moment ago is captured.
  void step() {
    long now = context.nanos().getAsLong();
    if (sweep.isEmpty() || !pace.isDue(now)) {
      return;
    }
    Sweep on = sweep.get();
    if (on.isOvertaken()) {
      restart(on, now);
      return;
    }
    pace.goOn(now, STEP_BYTES);
    try {
      int count = Math.clamp(spool.commit() - on.next + 1, 1, on.count);
      learn(on, on.look.at(on.next, count), now);
    } catch (IOException e) {
      // Whatever is wrong with the file, commits are captured all the same.
      pace.pause(now, RETRY);
      failed("pages %d and following cannot be read: %s".formatted(on.next, e.getMessage()));
    }
  }

  private void learn(Sweep on, FileLook.Outcome outcome, long now) {
    switch (outcome) {
      case FileLook.Outcome.Unclear _ -> {}
      case FileLook.Outcome.Equal(long pages) -> {
        problem = Optional.empty();
        status = status.read(pages);
        on.next += on.count;
        if (on.next > spool.commit()) {
          status = status.passed(context.clock().instant());
          restart(on, now);
        }
      }
      case FileLook.Outcome.Different found -> {
        status = status.read(found.pages());
        pace.pause(now, RETRY);
        repair(on, found);
      }
    }
  }

  private void restart(Sweep on, long now) {
    on.next = 1;
    problem = Optional.empty();
    pace.rest(now);
  }

  /// Ships what is in the file, whatever it is: the positions before stay restorable.
  private void repair(Sweep on, FileLook.Outcome.Different found) {
    String what =
        "the database file was changed without a commit, at page %d and %d more of %d compared"
            .formatted(found.first(), found.differing() - 1, found.pages());
    if (problem.isEmpty()) {
      LOG.error("self-audit: {} db={}", what, database);
    }
    Position before = spool.end();
    try {
      Resync.Difference shipped = on.capture.repair("the self-audit found a difference");
      status = status.mismatched();
      LOG.error(
          "self-audit: what is in the file is shipped as one transaction, and what was there before"
              + " can be restored; look whether the database is whole: PRAGMA integrity_check"
              + " db={} pages={} first_pgno={} before={} after={}",
          database,
          shipped.pages(),
          shipped.first(),
          before,
          spool.end());
      on.isOvertaken();
      restart(on, context.nanos().getAsLong());
    } catch (IOException e) {
      failed("%s; that cannot be shipped: %s".formatted(what, e.getMessage()));
    }
  }

  private void failed(String what) {
    if (!problem.equals(Optional.of(what))) {
      LOG.error("self-audit: {}; trying again every minute db={}", what, database);
    }
    problem = Optional.of(what);
  }
}
