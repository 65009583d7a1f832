package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The local, durable queue of captured transactions that are not yet stored: closed segments,
/// oldest first, then the logs; and the page-checksum table at its end. A segment is closed, and
/// synced, before its first upload; its bytes never change after.
///
/// Owned by one thread at a time; another one may make a [Sealing], and read a closed segment's
/// file.
final class Spool implements AutoCloseable {
  private final StateFiles files;
  private final PageTable table;
  private final DirtySums sums;
  private final TableReplay replay;
  private final Id128 runId;
  private final Id128 databaseId;
  private final SpoolLogs logs;
  private final Deque<SpooledObject> closed = new ArrayDeque<>();
  private Optional<Sealing> sealing = Optional.empty();
  // The file of a transaction that could not be written. It is gone for good before another one
  // takes the number, or a power cut might bring it back in its place.
  private Optional<String> failed = Optional.empty();
  // The whole of a segment that was cut, which a restart needs until its beginning is on record as
  // stored.
  private Optional<String> cut = Optional.empty();
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
    this.logs = new SpoolLogs(files);
  }

  /// Takes over what an earlier run left after `stored`, and brings the table forward over it.
  void recover(Position stored) throws IOException {
    end = stored;
    files.delete(SpillScratch.FILE);
    for (String name : files.names()) {
      if (name.endsWith(ObjectKey.SUFFIX)) {
        recoverObject(name);
      } else if (name.endsWith(ObjectKey.SUFFIX + SpooledObject.PARTIAL)) {
        files.delete(name);
      }
    }
    // What is there stays, and what the earlier run removed cannot come back in place of what
    // follows.
    files.syncFolder();
    logs.recover(end, replay);
    end = logs.end().orElse(end);
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
      if (logs.isSynced()) {
        describe();
      }
    }
  }

  PageTable table() {
    return table;
  }

  /// Local bytes in use, the table left out.
  long bytes() {
    return logs.bytes() + closed.stream().mapToLong(SpooledObject::bytes).sum();
  }

  /// How many transactions wait to be stored.
  long transactions(Position stored) {
    return end.txid().value() - stored.txid().value();
  }

  boolean has(Position position) {
    return logs.has(position) || closed.stream().anyMatch(object -> object.has(position));
  }

  boolean isEmpty() {
    return closed.isEmpty() && logs.isEmpty();
  }

  /// When the oldest transaction that waits was captured.
  Optional<Long> oldestTimestampMillis() {
    if (!closed.isEmpty()) {
      return Optional.of(closed.getFirst().index().file(0).timestampMillis());
    }
    return logs.firstTimestampMillis();
  }

  /// When the newest transaction that waits was captured; 0 if none waits.
  long newestTimestampMillis() {
    Optional<Long> newest = logs.lastTimestampMillis();
    return newest.orElseGet(() -> closed.isEmpty() ? 0 : closed.getLast().lastTimestampMillis());
  }

  /// Adds a transaction. It is safe from a kill after [#flush], and for good after [#sync].
  void append(TransactionDraft draft) throws IOException, LostContinuityException {
    removeFailed();
    stamp = stamp.withoutTimes();
    if (page.length != draft.pageSize().bytes()) {
      page = new byte[draft.pageSize().bytes()];
    }
    TransactionWriter writer = new TransactionWriter(draft, end, commit, sums, runId.high(), page);
    long length = writer.length();
    try (SpillScratch index = new SpillScratch(files)) {
      if (draft.kind() != TransactionDraft.Kind.COMMIT || length > SpoolLog.SEGMENT_BYTES) {
        appendAlone(writer, length, index);
      } else {
        SpoolLog log = logFor(draft.pageSize(), length);
        log.append(writer, length, index);
        end = log.end();
        commit = draft.commit();
        cursor = draft.cursor();
      }
    }
  }

  private void removeFailed() throws IOException {
    if (failed.isPresent()) {
      files.delete(failed.get());
      files.syncFolder();
      failed = Optional.empty();
    }
  }

  /// A log with room. If there is none, because segments are made more slowly than transactions
  /// come, makes them now.
  private SpoolLog logFor(PageSize pageSize, long length) throws IOException {
    Optional<SpoolLog> log = logs.taking(pageSize, length);
    while (log.isEmpty()) {
      closeSegment();
      log = logs.taking(pageSize, length);
    }
    return log.get();
  }

  /// Writes a transaction as a segment of its own, and finds its page sums again by reading it
  /// back.
  private void appendAlone(TransactionWriter writer, long length, SpillScratch index)
      throws IOException, LostContinuityException {
    TransactionDraft draft = writer.draft();
    closeSegments();
    table.reserve(draft.commit());
    ObjectIdentity identity = identity(draft.pageSize(), end);
    failed = Optional.of(SpooledObject.fileName(end));
    SpooledObject object =
        SpooledObject.write(
            files,
            identity,
            end.txid().next(),
            to -> to.endFile(writer.write(to.beginFile(length), index, false).row()));
    failed = Optional.empty();
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
    logs.flush();
  }

  boolean isFlushed() {
    return logs.isFlushed();
  }

  /// Makes everything appended durable, after a failed sync by writing it again, into a segment.
  void sync() throws IOException {
    if (logs.isSuspect()) {
      closeSegments();
    } else if (!logs.isSynced()) {
      describe();
      logs.sync();
    }
  }

  /// Lets the table follow without a sync: a kill loses nothing, a power cut what was not synced.
  void settle() throws IOException {
    if (!logs.isSynced()) {
      describe();
    }
  }

  /// The database file that the position describes, from now on; with its times if the WAL is fully
  /// backfilled and nothing was committed since.
  void stamp(FileStamp file) throws IOException {
    stamp = file;
    if (logs.isSynced()) {
      describe();
    }
  }

  /// Lets the table describe the end of the spool, which is written by now, though perhaps not
  /// synced: a kill between the two leaves transactions that [#recover] applies to the table.
  private void describe() throws IOException {
    Optional<PageTable.Head> head = table.head();
    if (head.isEmpty() && logs.isEmpty()) {
      return;
    }
    logs.flush();
    sums.flush();
    table.shrink(commit, head.map(PageTable.Head::commit).orElse(commit));
    PageSize pageSize = logs.pageSize().orElseGet(() -> head.orElseThrow().pageSize());
    table.describe(pageSize, commit, end, cursor, stamp);
  }

  /// Closes the logs into segments, durably; nothing if they are empty.
  void closeSegments() throws IOException {
    while (!logs.isEmpty()) {
      closeSegment();
    }
  }

  private void closeSegment() throws IOException {
    Sealing next = seal();
    next.make();
    sealed(next);
  }

  /// Begins a segment of the oldest transactions in the logs, as many as fit, at least one; or
  /// answers the one that was begun before. Not with empty logs. To be made by any thread, and then
  /// to be taken over by [#sealed].
  Sealing seal() throws IOException {
    if (sealing.isEmpty()) {
      describe();
      SpoolLog log = logs.sealed();
      SpoolLog.Part part = log.firstPart();
      sealing = Optional.of(new Sealing(files, identity(log.pageSize(), part.start()), part));
    }
    return sealing.get();
  }

  /// Takes over a segment that is made, unless that was done before.
  void sealed(Sealing done) throws IOException {
    if (sealing.isPresent() && sealing.get() == done) {
      closed.add(done.made());
      sealing = Optional.empty();
      logs.sealed().dropFirst(done.transactions());
    }
  }

  /// Whether a segment could not take more than what waits in a log.
  boolean holdsWholeSegment() {
    return logs.holdsWholeSegment();
  }

  private ObjectIdentity identity(PageSize pageSize, Position start) {
    return new ObjectIdentity(
        ObjectKind.SEGMENT, runId, databaseId, pageSize, start.txid().next(), start.checksum());
  }

  /// The segment to store next, if one is closed.
  Optional<SpooledObject> first() {
    return Optional.ofNullable(closed.peekFirst());
  }

  /// Lets a segment begin at a position that is stored, as the head that a start found. It lies in
  /// the middle of one if a copy of this machine went on with what was in the spool.
  void cutAt(Position stored) throws IOException {
    List<SpooledObject> objects = new ArrayList<>(closed);
    for (int i = 0; i < objects.size(); i++) {
      SpooledObject object = objects.get(i);
      if (object.has(stored) && !object.end().equals(stored)) {
        objects.set(i, rest(object, stored));
        cut = Optional.of(object.file());
      }
    }
    closed.clear();
    closed.addAll(objects);
  }

  private SpooledObject rest(SpooledObject object, Position from) throws IOException {
    try {
      return SpooledObject.write(
          files,
          identity(object.index().identity().pageSize(), from),
          object.end().txid(),
          new SegmentRest(files, object, from));
    } catch (LostContinuityException e) {
      throw new AssertionError(e);
    }
  }

  /// Drops what lies up to a position that is stored, and is on record as stored.
  void dropUpTo(Position stored) throws IOException {
    if (cut.isPresent()) {
      files.delete(cut.get());
      cut = Optional.empty();
    }
    while (!closed.isEmpty() && closed.getFirst().end().txid().compareTo(stored.txid()) <= 0) {
      files.delete(closed.getFirst().file());
      closed.removeFirst();
    }
    logs.dropUpTo(stored);
  }

  @Override
  public void close() throws IOException {
    logs.close();
  }
}
