package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.PageSink;
import java.io.IOException;

/// Fills the page-checksum table from what is stored, for a writer that has lost it.
record HeadTable(PageTable table) implements PageSink {
  @Override
  public void begin(Position target, PageSize pageSize, long pages) throws IOException {
    table.clear();
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) throws IOException {
    table.put(pgno, checksum);
  }
}
