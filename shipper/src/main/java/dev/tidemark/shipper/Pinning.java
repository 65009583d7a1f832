package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the pin stands, and when it moves, so that no commit is lost and the application is never
/// kept waiting.
///
/// From SQLite's limit for an automatic checkpoint on (1 000 frames), each commit of the
/// application tries one, with two syncs, until the WAL begins anew; and it can begin anew only
/// between the end of a checkpoint and the next commit, when everything is captured. So while
/// commits come faster than they are captured, the pin limits checkpoints: those tries then have
/// nothing to do, and the WAL grows. When capture has caught up, one checkpoint does it all, and is
/// followed by the swap.
///
/// One thread at a time.
final class Pinning {
  private static final Logger LOG = LoggerFactory.getLogger(Pinning.class);

  /// SQLite's default for `wal_autocheckpoint`. Below it, there is no hurry.
  static final long CHECKPOINT_FRAMES = 1_000;

  /// A backlog that is captured while a checkpoint runs.
  static final long SMALL_BACKLOG_FRAMES = 64;

  /// From here on the application has to wait for its own checkpoints, or the WAL would grow for as
  /// long as commits come faster than they can be captured.
  static final long WAL_BYTES_MAX = 128L << 20;

  private final Source source;
  private final WalView wal;

  // Whether the pin was moved since it was taken. Until then it may stand where the log ended at
  // that
  // time, and a pin that was just taken stays there while the whole database is compared.
  private boolean isCurrent;

  private Optional<WalIndexHeader> captured = Optional.empty();

  Pinning(Source source, WalView wal) {
    this.source = source;
    this.wal = wal;
  }

  /// Whether a checkpoint runs, or has ended, that comes as far as the last commit: then the sooner
  /// the pin is swapped, the less the application's next commits cost it.
  boolean checkpointIsUnderWay() {
    return wal.frames() > 0
        && source.pin().state() == WalPin.State.NO_RESET
        && source
            .checkpointInfo()
            .map(CheckpointInfo::nBackfillAttempted)
            .filter(attempted -> attempted >= wal.frames())
            .isPresent();
  }

  /// Whether what is committed should be captured at once, because a checkpoint runs, could run, or
  /// may wait for this pin.
  boolean isUrgent() {
    boolean limits = source.pin().limitsCheckpoints();
    return checkpointIsUnderWay()
        || (limits && wal.frames() >= CHECKPOINT_FRAMES)
        || (limits && !wal.hasMoved());
  }

  /// Whether the pin can be swapped at once. With an empty WAL too: whoever restarts or truncates
  /// one waits for the other slots all the same, and keeps the writers waiting with it.
  boolean canAllowReset() {
    return source.pin().state() == WalPin.State.NO_RESET
        && wal.isAllCaptured()
        && wal.isBackfilled();
  }

  /// Swaps the pin if everything captured is backfilled, so that the application's next commit may
  /// reset the WAL.
  boolean allowReset() throws IOException {
    return canAllowReset() && source.pin().allowOneReset(wal.latest().orElseThrow());
  }

  /// Whether the pin still stands where checkpoints come no further, although everything is
  /// captured: a checkpoint may be waiting, and keep the application's writers waiting with it.
  boolean wantsMove() {
    return stallsCheckpoints() || wantsRefresh();
  }

  private boolean wantsRefresh() {
    return wal.isAllCaptured() && source.pin().wantsRefresh();
  }

  private boolean stallsCheckpoints() {
    return wal.latest().isPresent()
        && source.nBackfill() < wal.frames()
        && (source.pin().state() == WalPin.State.ONE_RESET || (!isCurrent && wal.isAllCaptured()));
  }

  /// Takes the pin to where checkpoints can go on.
  void moveOn() throws IOException {
    if (source.pin().state() == WalPin.State.RELEASED && !retake()) {
      throw new IOException(source.path() + ": every reader slot is in use");
    }
    if (wal.observe() || stallsCheckpoints()) {
      blockResets();
    }
    if (wantsRefresh()) {
      refresh(wal.latest().orElseThrow());
    }
  }

  /// Holds back resets again after the one that was allowed. Until then the application cannot
  /// checkpoint either, so do it at the first commit; an empty WAL has nothing to hold. False if it
  /// could not be done.
  boolean blockResets() {
    if (wal.latest().isPresent() && wal.frames() == 0) {
      return true;
    }
    try {
      return source.pin().state() != WalPin.State.ONE_RESET || blocked();
    } catch (IOException e) {
      LOG.debug("{}: {}", source.path(), e.getMessage());
      return false;
    }
  }

  private boolean blocked() throws IOException {
    isCurrent = false;
    return source.pin().blockResets();
  }

  /// Everything up to `header` is captured: lets checkpoints come that far, unless so much was
  /// committed meanwhile that the pin could not be swapped at their end.
  void captured(WalIndexHeader header) throws IOException {
    captured = Optional.of(header);
    boolean behind = wal.observe();
    boolean far = wal.backlogFrames() > SMALL_BACKLOG_FRAMES && wal.bytes() < WAL_BYTES_MAX;
    if (behind && (wal.frames() < CHECKPOINT_FRAMES || far)) {
      isCurrent = false;
    } else {
      refresh(header);
    }
  }

  private void refresh(WalIndexHeader header) throws IOException {
    isCurrent = source.pin().refresh(header);
  }

  /// Everything up to `header` is captured, and nothing came since: does what [#wantsMove] asks
  /// for.
  void settle(WalIndexHeader header) throws IOException {
    captured = Optional.of(header);
    if (!isCurrent) {
      refresh(header);
    }
  }

  /// Lets checkpoints go on although nothing can be captured; resets stay blocked.
  void letCheckpointsOn() throws IOException {
    moveOn();
    if (captured.isPresent()) {
      refresh(captured.get());
    }
  }

  /// Whether a FULL, RESTART or TRUNCATE goes on and keeps writers waiting, maybe for this pin.
  /// False where locks cannot be queried.
  boolean isWaitedFor() {
    try {
      return source.pin().state() != WalPin.State.RELEASED && source.checkpointerIsWaiting();
    } catch (IOException e) {
      LOG.debug("{}: {}", source.path(), e.getMessage());
      return false;
    }
  }

  /// Holds the pin again after it was let go. False if no slot is to be had yet.
  boolean retake() throws IOException {
    isCurrent = false;
    if (source.pin().holdUnused()) {
      return true;
    }
    source.checkpointPassive();
    return source.pin().holdUnused();
  }

  /// Lets go of the pin: from now on the application may reset what is not captured.
  void drop() throws IOException {
    source.pin().release();
  }
}
