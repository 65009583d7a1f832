package dev.tidemark.shipper;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;

/// Brings the page-checksum table forward over transactions that are already in the spool: after a
/// crash, and for transactions that are too large to keep their sums in memory.
record TableReplay(PageTable table) {
  /// The file that the table describes, as far as is known: what was spooled after it came from the
  /// same one.
  FileStamp stamp() {
    return table.head().map(PageTable.Head::stamp).orElse(FileStamp.UNKNOWN);
  }

  /// Whether a transaction with so many pages can lead from the state of the table to this one: a
  /// page that is new to the database is in the transaction. Else its size is made up, and the
  /// table, which has room for every page, would fill the disk.
  boolean fits(LtxHeader header, long pages) {
    return !isAt(header.start()) || fits(header.pageSize(), commit(), header.commit(), pages);
  }

  /// As above, for all transactions of a segment.
  boolean fits(IndexFrame index) {
    long before = commit();
    boolean fits = true;
    for (int i = 0; i < index.fileCount() && isAt(index.start()); i++) {
      FileRow row = index.file(i);
      fits &= fits(index.identity().pageSize(), before, row.databasePages(), row.pages());
      before = row.databasePages();
    }
    return fits;
  }

  private static boolean fits(PageSize size, long before, long after, long pages) {
    return size.dataPages(after) - before <= pages;
  }

  private long commit() {
    return table.head().map(PageTable.Head::commit).orElse(0L);
  }

  private boolean isAt(Position position) {
    return table.head().map(PageTable.Head::position).orElse(Position.START).equals(position);
  }

  /// Applies the file unless the table is at or past it; answers the number of its pages. Leaves
  /// the reader finished. `stamp` is the file that the transactions were captured from.
  long apply(LtxReader reader, CaptureCursor cursor, FileStamp stamp) throws IOException {
    LtxHeader header = reader.header();
    boolean wanted = isAt(header.start());
    long pages = 0;
    while (reader.next()) {
      pages++;
      if (wanted) {
        table.put(reader.pgno(), reader.pageChecksum());
      }
    }
    LtxTrailer trailer = reader.finish();
    if (wanted) {
      table.shrink(header.commit(), commit());
      table.describe(
          header.pageSize(),
          header.commit(),
          new Position(header.maxTxid(), trailer.postApply()),
          cursor,
          stamp.withoutTimes());
    }
    return pages;
  }
}
