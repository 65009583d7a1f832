package dev.tidemark.shipper;

import java.io.IOException;
import java.util.BitSet;

/// The pages whose bits are set, with their contents from elsewhere. One bit a page is all the
/// memory that they take.
record MarkedPages(BitSet pgnos, Content content) implements PageSet {
  /// Where a page is read.
  interface Content {
    void read(int pgno, byte[] page) throws IOException;
  }

  @Override
  public long count() {
    return pgnos.cardinality();
  }

  @Override
  public Cursor open() {
    return new Cursor() {
      private int pgno;

      @Override
      public long next() {
        pgno = pgnos.nextSetBit(pgno + 1);
        return Math.max(pgno, 0);
      }

      @Override
      public void read(byte[] page) throws IOException {
        content.read(pgno, page);
      }
    };
  }
}
