package dev.tidemark.shipper;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An append-only file of transactions that are not yet closed into a segment, one [LoggedFile]
/// after the other. What a crash leaves torn at the end was never reported as spooled.
///
/// Each of `rows` is a transaction in the file, between `from` and `bytes`, and continues the one
/// before; the first continues `start`. What lies outside is dropped, or failed to be appended.
///
/// Owned by whoever owns the [Spool]; another thread may copy a [LogPart] that is not dropped yet.
final class SpoolLog implements AutoCloseable {
  /// A segment is closed at this many transactions, or bytes of LTX; a longer transaction stands
  /// alone.
  static final int SEGMENT_TRANSACTIONS = 10_000;

  static final long SEGMENT_BYTES = 64L << 20;

  /// A log grows to this while segments are made of the other one.
  private static final long BYTES_MAX = 128L << 20;

  /// And the rows of this many transactions take some MiB of memory.
  private static final int TRANSACTIONS_MAX = 3 * SEGMENT_TRANSACTIONS;

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
    out.write(LoggedFile.encodePreamble(length, draft.cursor()), 0, LoggedFile.PREAMBLE_BYTES);
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
  LogPart firstPart() throws IOException {
    flush();
    int count = 0;
    long length = 0;
    while (count < Math.min(rows.size(), SEGMENT_TRANSACTIONS)) {
      long next = LoggedFile.PREAMBLE_BYTES + rows.get(count).length();
      if (count > 0 && length + next > SEGMENT_BYTES) {
        break;
      }
      length += next;
      count++;
    }
    return new LogPart(start, List.copyOf(rows.subList(0, count)), handle, from, length);
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
      from += LoggedFile.PREAMBLE_BYTES + row.length();
    }
    rows.subList(0, count).clear();
    if (rows.isEmpty()) {
      reset();
    }
  }

  /// The number of the transaction at the beginning of what an earlier run left; the largest number
  /// if there is none.
  long firstTxid() throws IOException {
    return LoggedFile.firstTxid(handle);
  }

  /// Reads what an earlier run left, which is suspect: transactions up to `known` are skipped, the
  /// ones that continue it are taken, and the file is cut after the last good one. Each one taken
  /// is handed to `replay`.
  void recover(Position known, TableReplay replay) throws IOException {
    long size = handle.size();
    Optional<LoggedFile> next = LoggedFile.at(handle, 0, size);
    while (next.isPresent() && (isKnown(next.get(), known) || take(next.get(), known, replay))) {
      bytes = next.get().end();
      next = LoggedFile.at(handle, bytes, size);
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

  private boolean isKnown(LoggedFile file, Position known) {
    return rows.isEmpty() && file.header().maxTxid().compareTo(known.txid()) <= 0;
  }

  /// Takes a transaction that an earlier run left, if it fits to the last one, or to `known`.
  private boolean take(LoggedFile file, Position known, TableReplay replay) throws IOException {
    Position before = rows.isEmpty() ? known : end();
    if (!file.continues(before) || !replay.fits(file.header(), file.pages())) {
      return false;
    }
    FileRow row = file.replay(replay);
    if (rows.isEmpty()) {
      start = known;
      from = bytes;
      pageSize = file.header().pageSize().bytes();
    }
    rows.add(row);
    return true;
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }
}
