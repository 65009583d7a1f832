package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.WalIndexHeader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The wal-index of a simulated database and the locks on its reader slots.
final class SimShm {
  static final int SLOTS = 5;
  private static final WalIndexHeader EMPTY = new WalIndexHeader(0, false, 0, 0, 0, 0, 0);

  private final long[] marks = new long[SLOTS];
  private final int[] readers = new int[SLOTS];
  private final boolean[] pinned = new boolean[SLOTS];
  private WalIndexHeader header = EMPTY;
  private boolean torn;
  private long nBackfill;
  private long attempted;

  WalIndexHeader header() {
    return header;
  }

  void header(WalIndexHeader published) {
    header = published;
    torn = false;
  }

  /// A writer died between the two copies of the header.
  void tear() {
    torn = true;
  }

  boolean isTorn() {
    return torn;
  }

  /// What somebody without a lock reads.
  Optional<WalIndexHeader> readable() {
    return torn ? Optional.empty() : Optional.of(header);
  }

  long nBackfill() {
    return nBackfill;
  }

  void nBackfill(long frames) {
    nBackfill = frames;
  }

  void attempted(long frames) {
    attempted = frames;
  }

  CheckpointInfo info() {
    return new CheckpointInfo(nBackfill, attempted, Arrays.stream(marks).boxed().toList());
  }

  long mark(int slot) {
    return marks[slot];
  }

  void mark(int slot, long frame) {
    marks[slot] = frame;
  }

  boolean isUnused(int slot) {
    return marks[slot] == CheckpointInfo.UNUSED;
  }

  /// After a recovery: the first slot stands at the last frame, those in use keep their marks.
  void recovered(WalIndexHeader found) {
    header(found);
    nBackfill = 0;
    attempted = found.mxFrame();
    marks[0] = 0;
    for (int slot = 1; slot < SLOTS; slot++) {
      if (canLock(slot)) {
        marks[slot] = slot == 1 && found.mxFrame() > 0 ? found.mxFrame() : CheckpointInfo.UNUSED;
      }
    }
  }

  /// The log begins anew: what SQLite does to the index then.
  void restarted(WalIndexHeader empty) {
    header(empty);
    nBackfill = 0;
    attempted = 0;
    Arrays.fill(marks, CheckpointInfo.UNUSED);
    marks[0] = 0;
    marks[1] = 0;
  }

  /// Whether an exclusive lock could be had.
  boolean canLock(int slot) {
    return readers[slot] == 0 && !pinned[slot];
  }

  boolean canLockMarked() {
    return List.of(1, 2, 3, 4).stream().allMatch(this::canLock);
  }

  /// Whether nobody but the pin is in the way.
  boolean isPinAlone(int slot) {
    return readers[slot] == 0 && pinned[slot];
  }

  void pin(int slot) {
    pinned[slot] = true;
  }

  void unpin(int slot) {
    pinned[slot] = false;
  }

  void unpinAll() {
    Arrays.fill(pinned, false);
  }

  void endReaders() {
    Arrays.fill(readers, 0);
  }

  /// Begins a read transaction as SQLite does: at slot 0 if everything is in the database, else at
  /// the slot with the highest mark, which is raised where a slot is free for that.
  int beginRead() {
    int slot = header.mxFrame() == nBackfill ? 0 : markedSlot();
    readers[slot]++;
    return slot;
  }

  void endRead(int slot) {
    readers[slot]--;
  }

  /// The slot of a reader that uses the log.
  int markedSlot() {
    int best = 0;
    long highest = 0;
    for (int slot = 1; slot < SLOTS; slot++) {
      if (highest <= marks[slot] && marks[slot] <= header.mxFrame()) {
        highest = marks[slot];
        best = slot;
      }
    }
    if (best > 0 && highest == header.mxFrame()) {
      return best;
    }
    for (int slot = 1; slot < SLOTS; slot++) {
      if (canLock(slot)) {
        marks[slot] = header.mxFrame();
        return slot;
      }
    }
    if (best == 0) {
      throw new IllegalStateException("no reader slot is to be had");
    }
    return best;
  }
}
