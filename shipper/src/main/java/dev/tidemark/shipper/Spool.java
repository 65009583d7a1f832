package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// The local, durable queue of captured transactions that are not yet stored: closed segments,
/// oldest first, then the open log; and the page-checksum table at its end. A segment is closed,
/// and synced, before its first upload; its bytes never change after.
///
/// Owned by one thread; a closed segment's file may be read by the upload.
final class Spool implements AutoCloseable {
  /// A segment is closed at this many transactions, or bytes of LTX; a longer transaction stands
  /// alone.
  static final int TRANSACTIONS_MAX = 10_000;

  static final long SEGMENT_BYTES = 64L << 20;

  /// The log is closed at this size at the latest. It may hold several segments: closing takes the
  /// time of many commits, so it is not done in the middle of capturing them.
  private static final long LOG_BYTES_MAX = 256L << 20;

  /// And the rows of this many transactions take some MiB of memory.
  private static final int LOG_TRANSACTIONS_MAX = 5 * TRANSACTIONS_MAX;

  private final StateFiles files;
  private final PageTable table;
  private final DirtySums sums;
  private final TableReplay replay;
  private final Id128 runId;
  private final Id128 databaseId;
  private final SpoolLog log;
  private final Deque<SpooledObject> closed = new ArrayDeque<>();
  private byte[] page = {};
  private Position end = Position.START;
  private long commit;
  private CaptureCursor cursor = CaptureCursor.NONE;
  private FileStamp stamp = FileStamp.UNKNOWN;

  Spool(StateFiles files, PageTable table, Id128 runId, Id128 databaseId) throws IOException {
    this.files = files;
    this.table = table;
    this.sums = new DirtySums(table);
    this.replay = new TableReplay(table);
    this.runId = runId;
    this.databaseId = databaseId;
    this.log = new SpoolLog(files);
  }

  /// Takes over what an earlier run left after `stored`, and brings the table forward over it.
  void recover(Position stored) throws IOException {
    end = stored;
    files.delete(SpillScratch.FILE);
    for (String name : files.names()) {
      if (name.endsWith(ObjectKey.SUFFIX)) {
        recoverObject(name);
      }
    }
    if (!closed.isEmpty()) {
      files.syncFolder();
    }
    log.recover(end, replay);
    end = log.isEmpty() ? end : log.end();
    table.head().ifPresent(head -> commit = head.commit());
    cursor = table.head().map(PageTable.Head::cursor).orElse(CaptureCursor.NONE);
  }

  private void recoverObject(String name) throws IOException {
    boolean next = name.equals(SpooledObject.fileName(end));
    Optional<SpooledObject> object = next ? SpooledObject.open(files, name) : Optional.empty();
    if (object.isEmpty()) {
      // Stored before, or cut short by a crash: then its transactions are still in the log.
      files.delete(name);
      return;
    }
    closed.add(object.get());
    object.get().replay(files, replay, CaptureCursor.NONE, replay.stamp());
    end = object.get().end();
  }

  /// The position after the last transaction.
  Position end() {
    return end;
  }

  /// The size of the database there, in pages.
  long commit() {
    return commit;
  }

  /// Where the WAL has been read to.
  CaptureCursor cursor() {
    return cursor;
  }

  /// The WAL went on without a commit (a reset): remembers where reading goes on.
  void moveCursor(CaptureCursor next) throws IOException {
    if (!next.equals(cursor)) {
      cursor = next;
      if (log.isSynced()) {
        describe();
      }
    }
  }

  PageTable table() {
    return table;
  }

  /// Local bytes in use, the table left out.
  long bytes() {
    return log.bytes() + closed.stream().mapToLong(SpooledObject::bytes).sum();
  }

  /// How many transactions wait to be stored.
  long transactions(Position stored) {
    return end.txid().value() - stored.txid().value();
  }

  boolean has(Position position) {
    return log.has(position) || closed.stream().anyMatch(object -> object.has(position));
  }

  boolean isEmpty() {
    return closed.isEmpty() && log.isEmpty();
  }

  /// When the oldest transaction that waits was captured.
  Optional<Long> oldestTimestampMillis() {
    if (!closed.isEmpty()) {
      return Optional.of(closed.getFirst().index().file(0).timestampMillis());
    }
    return log.isEmpty() ? Optional.empty() : Optional.of(log.firstTimestampMillis());
  }

  /// When the newest transaction that waits was captured; 0 if none waits.
  long newestTimestampMillis() {
    if (!log.isEmpty()) {
      return log.lastTimestampMillis();
    }
    return closed.isEmpty() ? 0 : closed.getLast().lastTimestampMillis();
  }

  /// Adds a transaction. It is safe from a kill after [#flush], and for good after [#sync].
  void append(TransactionDraft draft) throws IOException, LostContinuityException {
    stamp = stamp.withoutTimes();
    if (page.length != draft.pageSize().bytes()) {
      page = new byte[draft.pageSize().bytes()];
    }
    TransactionWriter writer = new TransactionWriter(draft, end, commit, sums, runId.high(), page);
    long length = writer.length();
    try (SpillScratch index = new SpillScratch(files)) {
      if (draft.kind() != TransactionDraft.Kind.COMMIT || length > SEGMENT_BYTES) {
        appendAlone(writer, length, index);
      } else {
        if (!log.takes(draft.pageSize()) || log.bytes() + length > LOG_BYTES_MAX) {
          closeSegments();
        } else if (log.transactions() == LOG_TRANSACTIONS_MAX) {
          closeSegment();
        }
        log.append(writer, length, index);
        end = log.end();
        commit = draft.commit();
        cursor = draft.cursor();
      }
    }
  }

  /// Writes a transaction as a segment of its own, and finds its page sums again by reading it
  /// back.
  private void appendAlone(TransactionWriter writer, long length, SpillScratch index)
      throws IOException, LostContinuityException {
    TransactionDraft draft = writer.draft();
    closeSegments();
    table.reserve(draft.commit());
    ObjectIdentity identity = identity(draft.pageSize(), end);
    SpooledObject object =
        write(
            identity,
            end.txid().next(),
            to -> to.endFile(writer.write(to.beginFile(length), index, false).row()));
    try {
      object.replay(files, replay, draft.cursor(), stamp);
    } catch (IOException | InternalError e) {
      // Half applied, the table is good for nothing; a restart applies the object again.
      throw new IllegalStateException("the page table could not be brought forward", e);
    }
    closed.add(object);
    end = object.end();
    commit = draft.commit();
    cursor = draft.cursor();
  }

  /// Hands everything appended to the operating system.
  void flush() throws IOException {
    log.flush();
  }

  boolean isFlushed() {
    return log.isFlushed();
  }

  /// Makes everything appended durable, after a failed sync by writing it again, into a segment.
  void sync() throws IOException {
    if (log.isSuspect()) {
      closeSegments();
    } else if (!log.isSynced()) {
      describe();
      log.sync();
    }
  }

  /// Lets the table follow without a sync: a kill loses nothing, a power cut what was not synced.
  void settle() throws IOException {
    if (!log.isSynced()) {
      describe();
    }
  }

  /// The database file that the position describes, from now on; with its times if the WAL is fully
  /// backfilled and nothing was committed since.
  void stamp(FileStamp file) throws IOException {
    stamp = file;
    if (log.isSynced()) {
      describe();
    }
  }

  /// Lets the table describe the end of the spool, which is written by now, though perhaps not
  /// synced: a kill between the two leaves transactions that [#recover] applies to the table.
  private void describe() throws IOException {
    Optional<PageTable.Head> head = table.head();
    if (head.isEmpty() && log.isEmpty()) {
      return;
    }
    log.flush();
    sums.flush();
    table.shrink(commit, head.map(PageTable.Head::commit).orElse(commit));
    PageSize pageSize = log.isEmpty() ? head.orElseThrow().pageSize() : log.pageSize();
    table.describe(pageSize, commit, end, cursor, stamp);
  }

  /// Closes the open log into segments, durably; nothing if it is empty.
  void closeSegments() throws IOException {
    if (log.isEmpty()) {
      return;
    }
    describe();
    while (!log.isEmpty()) {
      closeSegment();
    }
  }

  /// Closes the oldest part of the open log into a segment, durably; nothing if it is empty.
  void closeSegment() throws IOException {
    if (log.isEmpty()) {
      return;
    }
    describe();
    SpoolLog.Part part = log.firstPart(TRANSACTIONS_MAX, SEGMENT_BYTES);
    closed.add(close(part));
    log.dropFirst(part.rows().size());
  }

  /// Whether a segment could not take more than what waits in the open log.
  boolean holdsWholeSegment() {
    return log.transactions() >= TRANSACTIONS_MAX || log.waitingBytes() >= SEGMENT_BYTES;
  }

  private SpooledObject close(SpoolLog.Part part) throws IOException {
    try {
      ObjectIdentity identity = identity(log.pageSize(), part.start());
      return write(identity, part.last(), part::copyTo);
    } catch (LostContinuityException e) {
      throw new AssertionError(e);
    }
  }

  private ObjectIdentity identity(PageSize pageSize, Position start) {
    return new ObjectIdentity(
        ObjectKind.SEGMENT, runId, databaseId, pageSize, start.txid().next(), start.checksum());
  }

  /// What fills an object.
  private interface Content {
    void writeTo(ObjectWriter object) throws IOException, LostContinuityException;
  }

  private SpooledObject write(ObjectIdentity identity, Txid last, Content content)
      throws IOException, LostContinuityException {
    String name =
        SpooledObject.fileName(new Position(identity.first().previous(), identity.before()));
    files.delete(name);
    try (StateFiles.Handle handle = files.open(name)) {
      HandleOutput out = new HandleOutput(handle, 0);
      IndexFrame index;
      try (ObjectWriter object = new ObjectWriter(out, identity)) {
        content.writeTo(object);
        index = object.finish(last);
      }
      out.flush();
      handle.sync();
      files.syncFolder();
      return new SpooledObject(name, index);
    } catch (IOException | LostContinuityException e) {
      files.delete(name);
      throw e;
    }
  }

  /// The segment to store next, if one is closed.
  Optional<SpooledObject> first() {
    return Optional.ofNullable(closed.peekFirst());
  }

  /// Drops what lies up to a position that is stored, and is on record as stored.
  void dropUpTo(Position stored) throws IOException {
    while (!closed.isEmpty() && closed.getFirst().end().txid().compareTo(stored.txid()) <= 0) {
      files.delete(closed.getFirst().file());
      closed.removeFirst();
    }
    log.dropUpTo(stored);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
