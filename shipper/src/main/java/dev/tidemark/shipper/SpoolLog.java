package dev.tidemark.shipper;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.Crc64;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// An append-only file of transactions that are not yet closed into a segment: for each a preamble
/// of 56 bytes (length, WAL cursor, CRC), then its LTX file. What a crash leaves torn at the end
/// was never reported as spooled.
final class SpoolLog implements AutoCloseable {
  /// A segment is closed at this many transactions, or bytes of LTX; a longer transaction stands
  /// alone.
  static final int SEGMENT_TRANSACTIONS = 10_000;

  static final long SEGMENT_BYTES = 64L << 20;

  /// A log grows to this while segments are made of the other one.
  private static final long BYTES_MAX = 128L << 20;

  /// And the rows of this many transactions take some MiB of memory.
  private static final int TRANSACTIONS_MAX = 3 * SEGMENT_TRANSACTIONS;

  private static final int MAGIC = 0x544D_5243;
  private static final int PREAMBLE_BYTES = 56;
  private static final int READ = 1 << 16;

  private final StateFiles.Handle handle;
  private final HandleOutput out;
  private final List<FileRow> rows = new ArrayList<>();
  private Position start = Position.START;
  private int pageSize;
  // Where the first transaction that counts begins, and where the last one ends.
  private long from;
  private long bytes;
  private boolean synced = true;
  // A sync failed, and the kernel may have dropped what it could not write: another sync would say
  // that all is well. Or an earlier run wrote this, and nobody knows whether it was ever synced.
  private boolean suspect;

  SpoolLog(StateFiles files, String name) throws IOException {
    handle = files.open(name);
    out = new HandleOutput(handle, 0);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /// Bytes of the file in use.
  long bytes() {
    return bytes;
  }

  boolean isSynced() {
    return synced;
  }

  /// Whether a sync cannot make this durable any more; what is in it must be written again,
  /// elsewhere.
  boolean isSuspect() {
    return suspect;
  }

  /// Whether there is room for a transaction of this page size and length.
  boolean takes(PageSize size, long length) {
    return rows.isEmpty()
        || (pageSize == size.bytes()
            && bytes + length <= BYTES_MAX
            && rows.size() < TRANSACTIONS_MAX);
  }

  /// Whether a segment could not take more than what waits here.
  boolean holdsWholeSegment() {
    return rows.size() >= SEGMENT_TRANSACTIONS || bytes - from >= SEGMENT_BYTES;
  }

  long firstTimestampMillis() {
    return rows.getFirst().timestampMillis();
  }

  long lastTimestampMillis() {
    return rows.getLast().timestampMillis();
  }

  Position end() {
    return rows.isEmpty()
        ? start
        : new Position(start.txid().plus(rows.size()), rows.getLast().after());
  }

  /// Whether a position is the end of one of the transactions here.
  boolean has(Position position) {
    long index = position.txid().value() - start.txid().value() - 1;
    return index >= 0
        && index < rows.size()
        && rows.get((int) index).after().equals(position.checksum());
  }

  /// Adds a transaction. Readable, and safe from a kill, after [#flush].
  void append(TransactionWriter writer, long length, SpillScratch index)
      throws IOException, LostContinuityException {
    // Whatever way the last try failed, what it wrote does not count.
    out.moveTo(bytes);
    TransactionDraft draft = writer.draft();
    out.write(encodePreamble(length, draft.cursor()), 0, PREAMBLE_BYTES);
    TransactionWriter.Written written = writer.write(out, index, true);
    written.rolling().keep();
    if (rows.isEmpty()) {
      start = writer.before();
      from = bytes;
    }
    pageSize = draft.pageSize().bytes();
    bytes = out.offset();
    rows.add(written.row());
    synced = false;
  }

  /// Hands everything appended to the operating system, in few and large writes. After a failure
  /// all of it is still here, for another try.
  void flush() throws IOException {
    out.moveTo(bytes);
    out.flush();
  }

  boolean isFlushed() {
    return out.isFlushed();
  }

  void sync() throws IOException {
    if (suspect) {
      throw new IllegalStateException("a sync of a suspect log proves nothing");
    }
    flush();
    try {
      handle.sync();
      synced = true;
    } catch (IOException e) {
      suspect = true;
      throw e;
    }
  }

  /// The first transactions, as many as fit into a segment, at least one.
  Part firstPart() throws IOException {
    flush();
    int count = 0;
    long length = 0;
    while (count < Math.min(rows.size(), SEGMENT_TRANSACTIONS)) {
      long next = PREAMBLE_BYTES + rows.get(count).length();
      if (count > 0 && length + next > SEGMENT_BYTES) {
        break;
      }
      length += next;
      count++;
    }
    return new Part(start, List.copyOf(rows.subList(0, count)), handle, from, length);
  }

  /// Consecutive transactions of the log that make up a segment.
  record Part(
      Position start, List<FileRow> rows, StateFiles.Handle handle, long offset, long length) {
    Txid last() {
      return start.txid().plus(rows.size());
    }

    /// Copies them into an object that is being written.
    void copyTo(ObjectWriter object) throws IOException {
      InputStream in = new BufferedInputStream(new HandleInput(handle, offset, length), READ);
      long shared = 0;
      for (int i = 0; i < rows.size(); i++) {
        if (shared == 0 && rows.get(i).length() <= ObjectWriter.SHARED_FRAME_MAX) {
          shared = bytesOfFrame(i);
          object.beginSharedFrame(shared);
        }
        in.skipNBytes(PREAMBLE_BYTES);
        object.copyFile(in, rows.get(i));
        shared = Math.max(0, shared - rows.get(i).length());
      }
    }

    /// How many bytes of transactions fit into one data frame, from one of them on.
    private long bytesOfFrame(int from) {
      long content = 0;
      for (int i = from; i < rows.size(); i++) {
        if (content + rows.get(i).length() > ObjectWriter.SHARED_FRAME_MAX) {
          break;
        }
        content += rows.get(i).length();
      }
      return content;
    }
  }

  PageSize pageSize() {
    return new PageSize(pageSize);
  }

  /// Forgets the transactions. Not synced: a restart that still finds them knows them to be in an
  /// object.
  void reset() throws IOException {
    rows.clear();
    from = 0;
    bytes = 0;
    synced = true;
    suspect = false;
    out.moveTo(0);
    out.release();
    handle.truncate(0);
  }

  /// Forgets the transactions up to a position, which are stored.
  void dropUpTo(Position stored) throws IOException {
    if (rows.isEmpty()) {
      return;
    }
    long count = stored.txid().value() - start.txid().value();
    dropFirst(Math.clamp(count, 0, rows.size()));
  }

  /// Forgets the first transactions, which are in an object now, or stored.
  void dropFirst(int count) throws IOException {
    for (FileRow row : rows.subList(0, count)) {
      start = new Position(start.txid().next(), row.after());
      from += PREAMBLE_BYTES + row.length();
    }
    rows.subList(0, count).clear();
    if (rows.isEmpty()) {
      reset();
    }
  }

  /// The number of the transaction at the beginning of what an earlier run left; the largest number
  /// if there is none.
  long firstTxid() throws IOException {
    if (handle.size() < PREAMBLE_BYTES) {
      return Long.MAX_VALUE;
    }
    try {
      long length = lengthOf(preambleAt(0));
      return length > 0 ? open(PREAMBLE_BYTES, length).header().minTxid().value() : Long.MAX_VALUE;
    } catch (CorruptLtxException | EOFException _) {
      return Long.MAX_VALUE;
    }
  }

  /// Reads what an earlier run left, which is suspect: transactions up to `known` are skipped, the
  /// ones that continue it are taken, and the file is cut after the last good one. Each one taken
  /// is handed to `replay`, with the cursor after it.
  void recover(Position known, TableReplay replay) throws IOException {
    long size = handle.size();
    Position end = known;
    boolean skipping = true;
    while (bytes + PREAMBLE_BYTES < size) {
      byte[] preamble = preambleAt(bytes);
      long length = lengthOf(preamble);
      long file = bytes + PREAMBLE_BYTES;
      if (length <= 0 || length > size - file) {
        break;
      }
      long carried = pagesOf(file, length);
      if (carried < 0) {
        break;
      }
      LtxReader reader = open(file, length);
      LtxHeader header = reader.header();
      if (skipping && header.maxTxid().compareTo(known.txid()) <= 0) {
        bytes = file + length;
        continue;
      }
      if (!continues(header, end) || !replay.fits(header, carried)) {
        break;
      }
      skipping = false;
      long pages = replay.apply(reader, cursorOf(preamble), replay.stamp());
      LtxTrailer trailer = reader.finish();
      if (rows.isEmpty()) {
        start = end;
        from = bytes;
        pageSize = header.pageSize().bytes();
      }
      rows.add(
          new FileRow(
              header.timestampMillis(), trailer.postApply(), length, pages, header.commit()));
      end = new Position(header.maxTxid(), trailer.postApply());
      bytes = file + length;
    }
    if (rows.isEmpty()) {
      reset();
    } else {
      handle.truncate(bytes);
      out.moveTo(bytes);
      synced = false;
      suspect = true;
    }
  }

  private byte[] preambleAt(long offset) throws IOException {
    byte[] preamble = new byte[PREAMBLE_BYTES];
    handle.read(offset, preamble, 0, PREAMBLE_BYTES);
    return preamble;
  }

  /// Each file here is one transaction, and there is one after it.
  private static boolean continues(LtxHeader header, Position end) {
    return header.minTxid().equals(end.txid().next())
        && header.maxTxid().equals(header.minTxid())
        && header.maxTxid().value() < Long.MAX_VALUE
        && header.tracksChecksums()
        && header.preApply().equals(end.checksum());
  }

  /// How many pages a file has; -1 if it is not whole.
  private long pagesOf(long file, long length) throws IOException {
    try {
      LtxReader reader = open(file, length);
      reader.finish();
      return reader.length() == length ? reader.pages() : -1;
    } catch (CorruptLtxException | EOFException _) {
      return -1;
    }
  }

  private LtxReader open(long file, long length) throws IOException {
    return new LtxReader(new HandleInput(handle, file, length));
  }

  private static byte[] encodePreamble(long length, CaptureCursor cursor) {
    ByteBuffer out = ByteBuffer.allocate(PREAMBLE_BYTES);
    out.putInt(MAGIC).putInt(0).putLong(length);
    out.putLong(cursor.salts()).putLong(cursor.frame());
    out.putLong(cursor.frameChecksum()).putLong(cursor.changes());
    out.putLong(Crc64.update(0, out.array(), 0, out.position()));
    return out.array();
  }

  /// The length of the LTX file that follows; 0 if this is no preamble.
  private static long lengthOf(byte[] preamble) {
    ByteBuffer in = ByteBuffer.wrap(preamble);
    int used = PREAMBLE_BYTES - Long.BYTES;
    boolean good = in.getInt(0) == MAGIC && in.getLong(used) == Crc64.update(0, preamble, 0, used);
    return good ? in.getLong(8) : 0;
  }

  private static CaptureCursor cursorOf(byte[] preamble) {
    ByteBuffer in = ByteBuffer.wrap(preamble);
    return new CaptureCursor(in.getLong(16), in.getLong(24), in.getLong(32), in.getLong(40));
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }
}
