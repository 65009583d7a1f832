package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.PageSink;

/// A database file that is read from the bucket into memory.
final class SimImage implements PageSink {
  private byte[] bytes = {};
  private int pageSize;

  @Override
  public void begin(Position target, PageSize size, long pages) {
    pageSize = size.bytes();
    bytes = new byte[Math.toIntExact(pages * pageSize)];
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) {
    System.arraycopy(page, 0, bytes, Math.toIntExact((pgno - 1) * pageSize), pageSize);
  }

  byte[] bytes() {
    return bytes;
  }
}
