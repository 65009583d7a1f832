package dev.tidemark.sqlite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The first block of a `-shm` file, mapped for reading.
///
/// [#changed] costs a few nanoseconds and allocates nothing, so one thread can look at hundreds of
/// databases each millisecond. What is read counts only while the DMS byte is held: before that, it
/// may be left over from a crash. One thread at a time.
public final class WalIndex {
  private static final int[] NOTHING_SEEN = {};
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment map;
  private int[] seen = NOTHING_SEEN;

  WalIndex(MemorySegment map) {
    this.map = map;
  }

  static WalIndex map(RawFile shm) throws IOException {
    if (shm.size() < WalIndexFormat.BLOCK_BYTES) {
      throw new IOException("the -shm file is %d bytes, expected 32768".formatted(shm.size()));
    }
    return new WalIndex(shm.map(WalIndexFormat.BLOCK_BYTES));
  }

  /// Whether a commit, a reset or a recovery happened since [#header] last answered; not whether a
  /// checkpoint came further. Also true when the file was cut off under the mapping; [#header] is
  /// empty then.
  public boolean changed() {
    int[] last = seen;
    if (last.length == 0) {
      return true;
    }
    try {
      boolean same =
          acquire(WalIndexFormat.I_CHANGE) == last[WalIndexFormat.I_CHANGE / 4]
              && acquire(WalIndexFormat.MX_FRAME) == last[WalIndexFormat.MX_FRAME / 4]
              && acquire(WalIndexFormat.SALT) == last[WalIndexFormat.SALT / 4]
              && acquire(WalIndexFormat.SALT + 4) == last[WalIndexFormat.SALT / 4 + 1];
      if (!same) {
        meetFaults();
      }
      return !same;
    } catch (InternalError cutOff) {
      return true;
    }
  }

  /// The header, if both copies agree and are intact. Empty: a writer is between the two copies, or
  /// died there, or nobody has initialised the index; look again later.
  public Optional<WalIndexHeader> header() {
    Optional<int[]> words = stableCopy();
    seen = words.orElse(NOTHING_SEEN);
    return words.map(copy -> WalIndexHeader.decode(bytes(copy)));
  }

  /// As [#header], but [#changed] goes on to compare with what [#header] last answered.
  Optional<WalIndexHeader> peek() {
    return stableCopy().map(copy -> WalIndexHeader.decode(bytes(copy)));
  }

  private Optional<int[]> stableCopy() {
    try {
      int[] first = copy(0);
      VarHandle.acquireFence();
      int[] second = copy(WalIndexFormat.COPY_BYTES);
      meetFaults();
      boolean stable = Arrays.equals(first, second) && WalIndexHeader.isIntact(bytes(first));
      return stable ? Optional.of(first) : Optional.empty();
    } catch (InternalError cutOff) {
      return Optional.empty();
    }
  }

  /// Frames that are in the database file already. 0 when the mapping was cut off.
  public long nBackfill() {
    try {
      long frames = Integer.toUnsignedLong(acquire(WalIndexFormat.N_BACKFILL));
      meetFaults();
      return frames;
    } catch (InternalError cutOff) {
      return 0;
    }
  }

  public Optional<CheckpointInfo> checkpointInfo() {
    try {
      List<Long> marks = new ArrayList<>(LockBytes.READ_MARKS);
      for (int mark = 0; mark < LockBytes.READ_MARKS; mark++) {
        marks.add(readMark(mark));
      }
      long attempted = Integer.toUnsignedLong(acquire(WalIndexFormat.N_BACKFILL_ATTEMPTED));
      meetFaults();
      return Optional.of(new CheckpointInfo(nBackfill(), attempted, marks));
    } catch (InternalError cutOff) {
      return Optional.empty();
    }
  }

  /// Whether a reader slot has no mark, so that holding it limits nobody's backfill.
  boolean isUnused(int mark) {
    try {
      boolean unused = readMark(mark) == CheckpointInfo.UNUSED;
      meetFaults();
      return unused;
    } catch (InternalError cutOff) {
      return false;
    }
  }

  // The JVM notes a fault in a mapping and throws at some later point, maybe in the caller's code.
  // Coming back from a native method is such a point, so that the error is met where it is caught.
  private static void meetFaults() {
    var _ = Runtime.getRuntime().freeMemory();
  }

  private long readMark(int mark) {
    return Integer.toUnsignedLong(acquire(WalIndexFormat.READ_MARK + 4 * mark));
  }

  private int acquire(long offset) {
    return (int) INT.getAcquire(map, offset);
  }

  private int[] copy(int offset) {
    var words = new int[WalIndexFormat.COPY_BYTES / 4];
    for (int i = 0; i < words.length; i++) {
      words[i] = acquire(offset + 4L * i);
    }
    return words;
  }

  private static byte[] bytes(int[] words) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * words.length]);
    for (int i = 0; i < words.length; i++) {
      bytes.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, words[i]);
    }
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }
}
