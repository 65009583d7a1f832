package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointResult;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The checkpoints of a simulated database: those that wait for nobody, and the one of the
/// application that waits for readers and keeps writers and other checkpoints out meanwhile.
final class SimCheckpoints {
  private final SimDatabaseFiles files;
  private final LongSupplier millis;
  private Optional<SimLog.Mode> waiting = Optional.empty();
  private long waitingSince;
  private int refused;

  SimCheckpoints(SimDatabaseFiles files, LongSupplier millis) {
    this.files = files;
    this.millis = millis;
  }

  boolean isWaiting() {
    return waiting.isPresent();
  }

  /// Since when one waits, if one does.
  Optional<Long> waitingSince() {
    return waiting.map(_ -> waitingSince);
  }

  /// How many in a row were refused though no reader was in the way.
  int refusedInARow() {
    return refused;
  }

  /// A checkpoint of the application that waits for nobody.
  CheckpointResult run(Supplier<SimLog.Connection> anyone, SimLog.Mode mode, boolean readers) {
    if (!files.isWal() || isWaiting()) {
      return new CheckpointResult(isWaiting(), -1, -1);
    }
    SimLog.Connection by = anyone.get();
    CheckpointResult result = files.connect(by).checkpoint(by, mode);
    if (mode != SimLog.Mode.PASSIVE && !readers) {
      refused = result.busy() ? refused + 1 : 0;
    }
    return result;
  }

  /// A PASSIVE one of somebody else.
  CheckpointResult byAnother(SimLog log, SimLog.Connection by) {
    return isWaiting()
        ? new CheckpointResult(true, -1, -1)
        : log.checkpoint(by, SimLog.Mode.PASSIVE);
  }

  /// From now on one waits.
  void await(SimLog.Mode mode) {
    waiting = Optional.of(mode);
    waitingSince = millis.getAsLong();
  }

  /// What the busy handler does again and again. Answers what waited, once nobody is in its way.
  Optional<SimLog.Mode> retry(Supplier<SimLog.Connection> first) {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    SimLog log = files.live().orElseThrow();
    if (!log.wouldWait(SimLog.Mode.FULL)) {
      log.checkpoint(first.get(), SimLog.Mode.FULL);
    }
    return log.wouldWait(waiting.get()) ? Optional.empty() : end();
  }

  /// None waits any more. Answers what did.
  Optional<SimLog.Mode> end() {
    Optional<SimLog.Mode> ended = waiting;
    waiting = Optional.empty();
    return ended;
  }
}
