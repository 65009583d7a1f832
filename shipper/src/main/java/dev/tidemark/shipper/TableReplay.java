package dev.tidemark.shipper;

import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxTrailer;
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

  /// Applies the file unless the table is at or past it; answers the number of its pages. Leaves
  /// the reader finished. `stamp` is the file that the transactions were captured from.
  long apply(LtxReader reader, CaptureCursor cursor, FileStamp stamp) throws IOException {
    LtxHeader header = reader.header();
    Position before = new Position(header.minTxid().previous(), header.preApply());
    boolean wanted =
        table.head().map(PageTable.Head::position).orElse(Position.START).equals(before);
    long pages = 0;
    while (reader.next()) {
      pages++;
      if (wanted) {
        table.put(reader.pgno(), reader.pageChecksum());
      }
    }
    LtxTrailer trailer = reader.finish();
    if (wanted) {
      table.shrink(header.commit(), table.head().map(PageTable.Head::commit).orElse(0L));
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
