package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Crc64;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The checksum of every page of the database at one position, 8 bytes a page, memory-mapped. It
/// gives the rolling checksum in O(changed pages), the difference for a resync, and the answer to
/// "is this still my database?".
///
/// Owned by one thread. A kill leaves at worst entries of a transaction that is in the spool;
/// applying that again mends them. A power cut may leave anything; [#isConsistent] finds it.
final class PageTable {
  static final String FILE = "pages";

  /// A table that is being made to replace the one above.
  static final String FILE_NEW = "pages.partial";

  // Two heads of 128 bytes, written in turn and each with its own CRC, so that one is always whole;
  // entries from 256.
  private static final long MAGIC = 0x544D_5054_0000_0001L;
  private static final int HEAD_BYTES = 128;
  private static final int HEAD_USED = 120;
  private static final long ENTRIES = 2 * HEAD_BYTES;
  private static final long GROWTH = 1 << 20;

  /// What the table says of itself. `commit` is the database size in pages.
  record Head(
      long sequence,
      PageSize pageSize,
      long commit,
      Position position,
      CaptureCursor cursor,
      FileStamp stamp) {}

  private final StateFiles files;
  private final String name;
  private MemorySegment mapped;
  private Optional<Head> head;

  PageTable(StateFiles files, String name) throws IOException {
    this.files = files;
    this.name = name;
    this.mapped = files.map(name, rounded(Math.max(GROWTH, files.size(name))));
    this.head = newest(readHead(0), readHead(HEAD_BYTES));
  }

  /// Empty until the first [#describe].
  Optional<Head> head() {
    return head;
  }

  /// The checksum of a page; 0 if it has none (beyond the database, or the lock page).
  long get(long pgno) {
    long at = offsetOf(pgno);
    return at + Long.BYTES <= mapped.byteSize() ? mapped.get(ValueLayout.JAVA_LONG, at) : 0;
  }

  void put(long pgno, long checksum) throws IOException {
    long at = offsetOf(pgno);
    if (at + Long.BYTES > mapped.byteSize()) {
      grow(at + Long.BYTES);
    }
    mapped.set(ValueLayout.JAVA_LONG, at, checksum);
  }

  /// Forgets the pages above `commit`, up to `before`.
  void shrink(long commit, long before) {
    long end = Math.min(before, (mapped.byteSize() - ENTRIES) / Long.BYTES);
    for (long pgno = commit + 1; pgno <= end; pgno++) {
      mapped.set(ValueLayout.JAVA_LONG, offsetOf(pgno), 0);
    }
  }

  /// Says what the entries now describe. They are written before.
  void describe(
      PageSize pageSize, long commit, Position position, CaptureCursor cursor, FileStamp stamp) {
    long sequence = head.map(Head::sequence).orElse(0L) + 1;
    Head next = new Head(sequence, pageSize, commit, position, cursor, stamp);
    byte[] bytes = encode(next);
    // The entries reach the file before the head that speaks of them, whatever the compiler likes.
    VarHandle.fullFence();
    long slot = (sequence & 1) * HEAD_BYTES;
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, mapped, slot, HEAD_BYTES);
    head = Optional.of(next);
  }

  /// Forgets everything: the table describes nothing until the next [#describe].
  void clear() throws IOException {
    files.delete(name);
    mapped = files.map(name, GROWTH);
    head = Optional.empty();
  }

  /// Whether the entries add up to the checksum of the position they claim.
  boolean isConsistent() {
    return head.isPresent()
        && Checksum.ofXor(xor(head.get().commit())).equals(head.get().position().checksum());
  }

  /// XOR of the entries of pages 1..`commit`.
  long xor(long commit) {
    long xor = 0;
    long end = Math.min(mapped.byteSize(), offsetOf(commit + 1));
    for (long at = ENTRIES; at < end; at += Long.BYTES) {
      xor ^= mapped.get(ValueLayout.JAVA_LONG, at);
    }
    return xor;
  }

  /// Asks the disk to keep what is there; for a clean stop.
  void force() throws IOException {
    files.force(name);
  }

  private void grow(long needed) throws IOException {
    long size = Math.max(needed, mapped.byteSize() + mapped.byteSize() / 4);
    mapped = files.map(name, rounded(size));
  }

  private static long rounded(long size) {
    return (size + GROWTH - 1) / GROWTH * GROWTH;
  }

  /// Makes room for a database of this many pages, so that [#put] cannot fail on a full disk.
  void reserve(long commit) throws IOException {
    if (offsetOf(commit + 1) > mapped.byteSize()) {
      grow(offsetOf(commit + 1));
    }
  }

  private static long offsetOf(long pgno) {
    return ENTRIES + (pgno - 1) * Long.BYTES;
  }

  private static Optional<Head> newest(Optional<Head> a, Optional<Head> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    return a.get().sequence() > b.get().sequence() ? a : b;
  }

  private static byte[] encode(Head head) {
    ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES);
    out.putLong(MAGIC).putLong(head.sequence());
    out.putInt(head.pageSize().bytes()).putInt((int) head.commit());
    out.putLong(head.position().txid().value()).putLong(head.position().checksum().value());
    CaptureCursor cursor = head.cursor();
    out.putLong(cursor.salts()).putLong(cursor.frame());
    out.putLong(cursor.frameChecksum()).putLong(cursor.changes());
    FileStamp stamp = head.stamp();
    out.putLong(stamp.device()).putLong(stamp.inode()).putLong(stamp.size());
    out.putLong(stamp.modified()).putLong(stamp.changed());
    out.putLong(HEAD_USED, Crc64.update(0, out.array(), 0, HEAD_USED));
    return out.array();
  }

  private Optional<Head> readHead(long offset) {
    byte[] bytes = mapped.asSlice(offset, HEAD_BYTES).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getLong() != MAGIC || in.getLong(HEAD_USED) != Crc64.update(0, bytes, 0, HEAD_USED)) {
      return Optional.empty();
    }
    long sequence = in.getLong();
    int pageBytes = in.getInt();
    long commit = Integer.toUnsignedLong(in.getInt());
    long txid = in.getLong();
    if (!PageSize.isValid(pageBytes) || txid < 0 || txid == Long.MAX_VALUE) {
      return Optional.empty();
    }
    PageSize pageSize = new PageSize(pageBytes);
    Position position = new Position(new Txid(txid), new Checksum(in.getLong()));
    CaptureCursor cursor =
        new CaptureCursor(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    FileStamp stamp =
        new FileStamp(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    return Optional.of(new Head(sequence, pageSize, commit, position, cursor, stamp));
  }
}
