package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import java.io.IOException;

/// Fills a page-checksum table from the live database itself, to learn the database's own checksum.
record TableFill(PageTable table, PageSize pageSize) implements ImageRead.Visitor {
  /// What the database is: its checksum, size in pages, and where its WAL has been read to.
  record Filled(Checksum checksum, ImageRead image) {}

  /// The table is cleared first, and describes nothing yet afterwards.
  static Filled fill(Source source, PageTable table, PageSize pageSize)
      throws IOException, LostContinuityException {
    table.clear();
    ImageRead image = ImageRead.read(source, pageSize, new TableFill(table, pageSize));
    return new Filled(Checksum.ofXor(table.xor(image.commit())), image);
  }

  @Override
  public void page(long pgno, byte[] bytes, int offset) throws IOException {
    table.put(pgno, PageChecksum.of(pgno, bytes, offset, pageSize.bytes()));
  }

  @Override
  public void end(long commit) {
    table.shrink(commit, Long.MAX_VALUE);
  }
}
