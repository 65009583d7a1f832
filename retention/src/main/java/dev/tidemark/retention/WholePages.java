package dev.tidemark.retention;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.SortedPages;
import java.io.IOException;

/// What begins with a full transaction, as if it were the log's beginning: whoever writes all pages
/// anew needs nothing before. Merged, they must add up to the database's checksum.
record WholePages(SortedPages pages) implements SortedPages {
  @Override
  public LtxHeader header() {
    LtxHeader real = pages.header();
    return new LtxHeader(
        real.flags(),
        real.pageSize(),
        real.commit(),
        Position.START.txid().next(),
        real.maxTxid(),
        real.timestampMillis(),
        Position.START.checksum(),
        real.walOffset(),
        real.walSize(),
        real.walSalt1(),
        real.walSalt2(),
        real.nodeId());
  }

  @Override
  public long smallestCommit() {
    return pages.smallestCommit();
  }

  @Override
  public boolean next() throws IOException {
    return pages.next();
  }

  @Override
  public long pgno() {
    return pages.pgno();
  }

  @Override
  public byte[] page() {
    return pages.page();
  }

  @Override
  public int pageOffset() {
    return pages.pageOffset();
  }

  @Override
  public long pageCrc() {
    return pages.pageCrc();
  }

  @Override
  public Checksum after() throws IOException {
    return pages.after();
  }
}
