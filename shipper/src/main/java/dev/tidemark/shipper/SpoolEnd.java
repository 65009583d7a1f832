package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.Optional;

/// The end of the spool: the position after its last transaction, and what is known of the database
/// there. Its page checksums are those of the table and of what is not yet in the table.
///
/// The table describes it only once it is told to: the end is then in the log at least, so that the
/// table never runs ahead of what a restart finds.
///
/// Owned by whoever owns the [Spool].
final class SpoolEnd {
  private final PageTable table;
  private final DirtySums sums;
  private final TableReplay replay;
  private Position position = Position.START;
  private long commit;
  private CaptureCursor cursor = CaptureCursor.NONE;
  private FileStamp stamp = FileStamp.UNKNOWN;

  SpoolEnd(PageTable table) {
    this.table = table;
    this.sums = new DirtySums(table);
    this.replay = new TableReplay(table);
  }

  PageTable table() {
    return table;
  }

  /// Brings the table forward over what an earlier run left, until [#recovered].
  TableReplay replay() {
    return replay;
  }

  /// All of it was replayed, and ends here.
  void recovered(Position at) {
    position = at;
    table.head().ifPresent(head -> commit = head.commit());
    cursor = table.head().map(PageTable.Head::cursor).orElse(CaptureCursor.NONE);
  }

  Position position() {
    return position;
  }

  long commit() {
    return commit;
  }

  CaptureCursor cursor() {
    return cursor;
  }

  void moveCursor(CaptureCursor next) {
    cursor = next;
  }

  void stamp(FileStamp file) {
    stamp = file;
  }

  /// The page size that the table describes, if it describes anything.
  Optional<PageSize> pageSize() {
    return table.head().map(PageTable.Head::pageSize);
  }

  /// What writes the transaction after the end. From now on the database file has changed, and the
  /// times of its stamp count no more.
  TransactionWriter writer(TransactionDraft draft, long nodeId, byte[] page) {
    stamp = stamp.withoutTimes();
    return new TransactionWriter(draft, position, commit, sums, nodeId, page);
  }

  /// A transaction is in the spool.
  void moveOver(TransactionDraft draft, Position after) {
    position = after;
    commit = draft.commit();
    cursor = draft.cursor();
  }

  /// Finds the page sums of a transaction again that was written without keeping them.
  void replay(StateFiles files, SpooledObject object, TransactionDraft draft) {
    try {
      object.replay(files, replay, draft.cursor(), stamp);
    } catch (IOException | InternalError e) {
      // Half applied, the table is good for nothing; a restart applies the object again.
      throw new IllegalStateException("the page table could not be brought forward", e);
    }
  }

  /// Lets the table describe the end, which is written by now.
  void describe(PageSize pageSize) throws IOException {
    long before = table.head().map(PageTable.Head::commit).orElse(commit);
    sums.flush();
    table.shrink(commit, before);
    table.describe(pageSize, commit, position, cursor, stamp);
  }
}
