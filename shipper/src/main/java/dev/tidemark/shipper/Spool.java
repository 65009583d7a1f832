package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.Optional;

/// The local, durable queue of captured transactions that are not yet stored: [ClosedSegments],
/// oldest first, then the [SpoolLogs], up to the [SpoolEnd]. A segment is closed, and synced,
/// before its first upload; its bytes never change after.
///
/// Owned by one thread at a time; another one may make a [Sealing], and read a closed segment's
/// file.
final class Spool implements AutoCloseable {
  private final StateFiles files;
  private final Id128 runId;
  private final ClosedSegments segments;
  private final SpoolLogs logs;
  private final SpoolEnd end;
  private Optional<Sealing> sealing = Optional.empty();
  private byte[] page = {};

  Spool(StateFiles files, PageTable table, Id128 runId, Id128 databaseId) throws IOException {
    this.files = files;
    this.runId = runId;
    this.segments = new ClosedSegments(files, runId, databaseId);
    this.logs = new SpoolLogs(files);
    this.end = new SpoolEnd(table);
  }

  /// Takes over what an earlier run left after `stored`, and brings the table forward over it.
  void recover(Position stored) throws IOException {
    files.delete(SpillScratch.FILE);
    Position closed = segments.recover(stored, end.replay());
    // What is there stays, and what the earlier run removed cannot come back in place of what
    // follows.
    files.syncFolder();
    logs.recover(closed, end.replay());
    end.recovered(logs.end().orElse(closed));
  }

  /// The position after the last transaction.
  Position end() {
    return end.position();
  }

  /// The size of the database there, in pages.
  long commit() {
    return end.commit();
  }

  /// Where the WAL has been read to.
  CaptureCursor cursor() {
    return end.cursor();
  }

  /// The WAL went on without a commit (a reset): remembers where reading goes on.
  void moveCursor(CaptureCursor next) throws IOException {
    if (!next.equals(end.cursor())) {
      end.moveCursor(next);
      if (logs.isSynced()) {
        describe();
      }
    }
  }

  PageTable table() {
    return end.table();
  }

  /// Local bytes in use, the table left out.
  long bytes() {
    return logs.bytes() + segments.bytes();
  }

  /// How many transactions wait to be stored.
  long transactions(Position stored) {
    return end().txid().value() - stored.txid().value();
  }

  boolean has(Position position) {
    return logs.has(position) || segments.has(position);
  }

  boolean isEmpty() {
    return segments.isEmpty() && logs.isEmpty();
  }

  /// When the oldest transaction that waits was captured.
  Optional<Long> oldestTimestampMillis() {
    return segments.firstTimestampMillis().or(logs::firstTimestampMillis);
  }

  /// When the newest transaction that waits was captured; 0 if none waits.
  long newestTimestampMillis() {
    return logs.lastTimestampMillis().or(segments::lastTimestampMillis).orElse(0L);
  }

  /// Adds a transaction. It is safe from a kill after [#flush], and for good after [#sync].
  void append(TransactionDraft draft) throws IOException, LostContinuityException {
    segments.removeFailed();
    if (page.length != draft.pageSize().bytes()) {
      page = new byte[draft.pageSize().bytes()];
    }
    TransactionWriter writer = end.writer(draft, runId.high(), page);
    long length = writer.length();
    try (SpillScratch index = new SpillScratch(files)) {
      if (draft.kind() != TransactionDraft.Kind.COMMIT || length > SpoolLog.SEGMENT_BYTES) {
        appendAlone(writer, length, index);
      } else {
        SpoolLog log = logFor(draft.pageSize(), length);
        log.append(writer, length, index);
        end.moveOver(draft, log.end());
      }
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
    table().reserve(draft.commit());
    SpooledObject object =
        segments.write(
            draft.pageSize(),
            end(),
            end().txid().next(),
            to -> to.endFile(writer.write(to.beginFile(length), index, false).row()));
    end.replay(files, object, draft);
    segments.add(object);
    end.moveOver(draft, object.end());
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
    end.stamp(file);
    if (logs.isSynced()) {
      describe();
    }
  }

  /// Lets the table describe the end of the spool, which is written by now, though perhaps not
  /// synced: a kill between the two leaves transactions that [#recover] applies to the table.
  private void describe() throws IOException {
    Optional<PageSize> pageSize = logs.pageSize().or(end::pageSize);
    if (pageSize.isPresent()) {
      logs.flush();
      end.describe(pageSize.get());
    }
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
      LogPart part = log.firstPart();
      sealing =
          Optional.of(new Sealing(files, segments.identity(log.pageSize(), part.start()), part));
    }
    return sealing.get();
  }

  /// Takes over a segment that is made, unless that was done before.
  void sealed(Sealing done) throws IOException {
    if (sealing.isPresent() && sealing.get() == done) {
      segments.add(done.made());
      sealing = Optional.empty();
      logs.sealed().dropFirst(done.transactions());
    }
  }

  /// Whether a segment could not take more than what waits in a log.
  boolean holdsWholeSegment() {
    return logs.holdsWholeSegment();
  }

  /// The segment to store next, if one is closed.
  Optional<SpooledObject> first() {
    return segments.first();
  }

  /// Lets a segment begin at a position that is stored; see [ClosedSegments#cutAt].
  void cutAt(Position stored) throws IOException {
    segments.cutAt(stored);
  }

  /// Drops what lies up to a position that is stored, and is on record as stored.
  void dropUpTo(Position stored) throws IOException {
    segments.dropUpTo(stored);
    logs.dropUpTo(stored);
  }

  @Override
  public void close() throws IOException {
    logs.close();
  }
}
