package dev.tidemark.ltx;

import java.io.IOException;

/// The pages of contiguous transactions in ascending order, once, as an LTX file has them. Nothing
/// that it hands out may be relied on before [#after] returned.
public interface SortedPages {
  LtxHeader header();

  /// The smallest size in pages that the database had after one of the transactions, as far as is
  /// known. What is older and above it is gone; every page above it that is there at the end must
  /// be among these.
  default long smallestCommit() {
    return header().commit();
  }

  /// Goes to the next page; false behind the last.
  boolean next() throws IOException;

  long pgno();

  /// The page that [#next] went to; the owner's buffer, valid until its next call.
  byte[] page();

  /// Where in [#page] the page begins.
  default int pageOffset() {
    return 0;
  }

  /// The CRC-64 of the page's bytes alone, so that whoever writes them need not go through them
  /// again.
  long pageCrc();

  /// Passes over what is left, checks all of it, and answers the database's checksum after it.
  Checksum after() throws IOException;
}
