package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;

/// One exact read of a live database, page by page.
///
/// The file is read without a transaction, while commits and checkpoints go on; then every page
/// that has a frame in the WAL is handed over again, from its newest one. With resets blocked that
/// is exact, since whatever a checkpoint may have been writing during the read has a frame.
///
/// `commit` is the size of the database in pages, `cursor` where the WAL has been read to.
record ImageRead(long commit, CaptureCursor cursor) {
  private static final int CHUNK_BYTES = 1 << 20;

  /// Takes the pages as they are read; the last call for a page counts.
  interface Visitor {
    void page(long pgno, byte[] bytes, int offset) throws IOException;

    /// The database ends at this page; what was handed over above it does not count.
    void end(long commit) throws IOException;
  }

  /// Hands every page but the lock page to the visitor. The pin must keep the WAL from being reset.
  static ImageRead read(Source source, PageSize pageSize, Visitor visitor)
      throws IOException, LostContinuityException {
    long filePages = readFile(source, pageSize, visitor);
    WalIndexHeader header =
        source
            .header()
            .orElseThrow(() -> new LostContinuityException("the wal-index is being written"));
    CommitScan scan = CommitScan.read(source, CaptureCursor.startOf(header.salts()), header);
    long commit = header.mxFrame() > 0 ? header.nPage() : filePages;
    overlay(scan, pageSize, commit, filePages, visitor);
    visitor.end(commit);
    return new ImageRead(commit, scan.end());
  }

  private static long readFile(Source source, PageSize pageSize, Visitor visitor)
      throws IOException {
    long pages = source.databaseStat().size() / pageSize.bytes();
    int perChunk = Math.max(1, CHUNK_BYTES / pageSize.bytes());
    byte[] chunk = new byte[(int) Math.min(perChunk, pages) * pageSize.bytes()];
    for (long pgno = 1; pgno <= pages; pgno += perChunk) {
      int wanted = (int) Math.min(perChunk, pages - pgno + 1) * pageSize.bytes();
      int got = source.readDatabase(pageSize.offsetOf(pgno), chunk, 0, wanted);
      int count = got / pageSize.bytes();
      for (int i = 0; i < count; i++) {
        if (!pageSize.isLockPage(pgno + i)) {
          visitor.page(pgno + i, chunk, i * pageSize.bytes());
        }
      }
      if (got < wanted) {
        return pgno + count - 1;
      }
    }
    return pages;
  }

  private static void overlay(
      CommitScan scan, PageSize pageSize, long commit, long filePages, Visitor visitor)
      throws IOException, LostContinuityException {
    byte[] page = new byte[pageSize.bytes()];
    long beyondFile = 0;
    if (!scan.commits().isEmpty()) {
      PageSet.Cursor pages = scan.allPages(commit).open();
      for (long pgno = pages.next(); pgno != 0; pgno = pages.next()) {
        pages.read(page);
        visitor.page(pgno, page, 0);
        beyondFile += pgno > filePages ? 1 : 0;
      }
    }
    if (beyondFile < pageSize.dataPages(commit) - pageSize.dataPages(filePages)) {
      throw new LostContinuityException(
          "the database has %d pages, its file %d, and the WAL does not hold the others"
              .formatted(commit, filePages));
    }
  }
}
