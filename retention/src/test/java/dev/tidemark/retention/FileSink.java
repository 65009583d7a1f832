package dev.tidemark.retention;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.PageSink;

/// A restored database file, in memory.
final class FileSink implements PageSink {
  private byte[] file = new byte[0];
  private int pageBytes;

  byte[] file() {
    return file;
  }

  @Override
  public void begin(Position target, PageSize pageSize, long pages) {
    pageBytes = pageSize.bytes();
    file = new byte[Math.toIntExact(pages * pageBytes)];
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) {
    System.arraycopy(page, 0, file, Math.toIntExact(pgno - 1) * pageBytes, pageBytes);
  }
}
