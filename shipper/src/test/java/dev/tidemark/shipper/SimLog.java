package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.CorruptWalException;
import dev.tidemark.sqlite.WalChecksum;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
import dev.tidemark.sqlite.WalHeader;
import dev.tidemark.sqlite.WalIndexHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Database, WAL and wal-index of a simulated database, and what SQLite does to them, with
/// `synchronous=NORMAL`. Whoever has these files open keeps them, whatever becomes of their names.
record SimLog(
    SimHostFile database,
    SimHostFile wal,
    SimShm shm,
    int pageSize,
    LongSupplier millis,
    RandomGenerator random) {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /// Modes of a checkpoint.
  enum Mode {
    PASSIVE,
    FULL,
    RESTART,
    TRUNCATE
  }

  /// One of the application's connections, with its own count of resets.
  static final class Connection {
    private long sequence;

    long sequence() {
      return sequence;
    }

    void sequence(long count) {
      sequence = count;
    }
  }

  /// Frames that were written and not published.
  record Tail(long frame, long checksum, long salts) {}

  /// Where the next frames go.
  Tail end() {
    WalIndexHeader header = shm.header();
    return new Tail(header.mxFrame(), header.frameChecksum(), header.salts());
  }

  /// Begins to write: resets the log if everything in it is in the database and nobody reads it.
  void beginWrite(Connection by) {
    boolean usesDatabase = shm.header().mxFrame() == shm.nBackfill();
    if (usesDatabase && shm.nBackfill() > 0 && shm.canLockMarked()) {
      restart(by);
    }
    shm.markedSlot();
  }

  private void restart(Connection by) {
    by.sequence(by.sequence() + 1);
    WalIndexHeader h = shm.header();
    long salts = (((h.salts() >>> 32) + 1) << 32) | Integer.toUnsignedLong(random.nextInt());
    shm.restarted(
        new WalIndexHeader(
            h.iChange(), false, h.pageSize(), 0, h.nPage(), h.frameChecksum(), salts));
  }

  /// Writes frames after `tail`; the last one with the size `commit`, 0 for none.
  Tail append(Connection by, Tail tail, List<SimCommit.Write> writes, int commit) {
    Tail at = tail.frame() == 0 ? writeHeader(by, tail) : tail;
    ByteBuffer out = ByteBuffer.allocate(writes.size() * WalFormat.frameBytes(pageSize));
    long sum = at.checksum();
    for (int i = 0; i < writes.size(); i++) {
      int from = out.position();
      out.putInt(writes.get(i).pgno()).putInt(i == writes.size() - 1 ? commit : 0);
      out.putLong(at.salts()).putLong(0).put(writes.get(i).page());
      sum = WalChecksum.frame(sum, out.array(), from, pageSize, ORDER);
      out.putLong(from + 16, sum);
    }
    wal.write(WalFormat.frameOffset(at.frame() + 1, pageSize), out.array(), millis.getAsLong());
    return new Tail(at.frame() + writes.size(), sum, at.salts());
  }

  private Tail writeHeader(Connection by, Tail tail) {
    long salts = by.sequence() == 0 ? random.nextLong() : tail.salts();
    WalHeader header = WalHeader.of(ORDER, pageSize, by.sequence(), salts);
    wal.write(0, header.encode(), millis.getAsLong());
    wal.sync();
    return new Tail(0, header.checksum(), salts);
  }

  /// Makes the frames up to `tail` a commit.
  void publish(Tail tail, int nPage) {
    long changes = (shm.header().iChange() + 1) & 0xFFFF_FFFFL;
    shm.header(
        new WalIndexHeader(
            changes, false, pageSize, tail.frame(), nPage, tail.checksum(), tail.salts()));
  }

  /// Rebuilds the wal-index from the WAL.
  void recover(Connection by) {
    WalIndexHeader found = new WalIndexHeader(0, false, 0, 0, 0, 0, 0);
    try {
      WalHeader header = WalHeader.decode(wal.bytes(), 0);
      by.sequence(header.sequence());
      found = lastCommit(header);
    } catch (CorruptWalException _) {
      by.sequence(0);
    }
    shm.recovered(found);
  }

  private WalIndexHeader lastCommit(WalHeader header) {
    byte[] bytes = wal.bytes();
    WalIndexHeader last = new WalIndexHeader(0, false, 0, 0, 0, 0, header.salts());
    long sum = header.checksum();
    for (long frame = 1; frame <= WalFormat.framesIn(bytes.length, pageSize); frame++) {
      int at = (int) WalFormat.frameOffset(frame, pageSize);
      WalFrameHeader there = WalFrameHeader.decode(bytes, at);
      sum = WalChecksum.frame(sum, bytes, at, pageSize, ORDER);
      if (there.pgno() == 0 || there.salts() != header.salts() || there.checksum() != sum) {
        break;
      }
      if (there.isCommit()) {
        last = new WalIndexHeader(0, false, pageSize, frame, there.commit(), sum, header.salts());
      }
    }
    return last;
  }

  /// The database as a reader sees it.
  List<byte[]> image() {
    WalIndexHeader header = shm.header();
    int count = header.mxFrame() > 0 ? (int) header.nPage() : database.size() / pageSize;
    Map<Integer, Long> newest = newestFrames(header.mxFrame());
    List<byte[]> pages = new ArrayList<>();
    for (int pgno = 1; pgno <= count; pgno++) {
      Long frame = newest.get(pgno);
      pages.add(
          frame == null
              ? database.bytes((pgno - 1L) * pageSize, pageSize)
              : wal.bytes(WalFormat.pageOffset(frame, pageSize), pageSize));
    }
    return pages;
  }

  private Map<Integer, Long> newestFrames(long mxFrame) {
    Map<Integer, Long> newest = new TreeMap<>();
    for (long frame = 1; frame <= mxFrame; frame++) {
      byte[] header =
          wal.bytes(WalFormat.frameOffset(frame, pageSize), WalFormat.FRAME_HEADER_BYTES);
      newest.put((int) WalFrameHeader.decode(header, 0).pgno(), frame);
    }
    return newest;
  }

  /// How far a checkpoint may come; marks of free slots are moved out of its way.
  long safeFrame() {
    long safe = shm.header().mxFrame();
    for (int slot = 1; slot < SimShm.SLOTS; slot++) {
      if (safe > shm.mark(slot)) {
        if (shm.canLock(slot)) {
          shm.mark(slot, slot == 1 ? safe : CheckpointInfo.UNUSED);
        } else {
          safe = shm.mark(slot);
        }
      }
    }
    return safe;
  }

  /// Copies frames up to `safe` into the database file; stops after `pagesMax` pages, as if killed.
  void backfill(long safe, int pagesMax) {
    shm.attempted(safe);
    wal.sync();
    int written = 0;
    for (Map.Entry<Integer, Long> page : newestFrames(shm.header().mxFrame()).entrySet()) {
      boolean wanted = page.getValue() > shm.nBackfill() && page.getValue() <= safe;
      if (wanted && page.getKey() <= shm.header().nPage()) {
        if (written++ == pagesMax) {
          return;
        }
        byte[] bytes = wal.bytes(WalFormat.pageOffset(page.getValue(), pageSize), pageSize);
        database.write((page.getKey() - 1L) * pageSize, bytes, millis.getAsLong());
      }
    }
    if (safe == shm.header().mxFrame()) {
      database.truncate((int) shm.header().nPage() * pageSize, millis.getAsLong());
      database.sync();
    }
    shm.nBackfill(safe);
  }

  /// A checkpoint that waits for nobody.
  CheckpointResult checkpoint(Connection by, Mode mode) {
    if (shm.nBackfill() < shm.header().mxFrame()) {
      long safe = safeFrame();
      if (shm.canLock(0)) {
        backfill(safe, Integer.MAX_VALUE);
      }
    }
    boolean busy = false;
    if (mode != Mode.PASSIVE) {
      busy = shm.nBackfill() < shm.header().mxFrame();
      if (!busy && mode.compareTo(Mode.RESTART) >= 0) {
        busy = !shm.canLockMarked();
        if (!busy && mode == Mode.TRUNCATE) {
          restart(by);
          wal.truncate(0, millis.getAsLong());
        }
      }
    }
    return new CheckpointResult(busy, shm.header().mxFrame(), shm.nBackfill());
  }

  /// Whether a checkpoint that waits for readers would have to.
  boolean wouldWait(Mode mode) {
    boolean behind = shm.nBackfill() < shm.header().mxFrame();
    boolean limited = behind && !(canPassAllMarks() && shm.canLock(0));
    return limited || (mode.compareTo(Mode.RESTART) >= 0 && !shm.canLockMarked());
  }

  private boolean canPassAllMarks() {
    for (int slot = 1; slot < SimShm.SLOTS; slot++) {
      if (shm.header().mxFrame() > shm.mark(slot) && !shm.canLock(slot)) {
        return false;
      }
    }
    return true;
  }
}
