package dev.tidemark.shipper;

import java.io.IOException;

/// The pages of a transaction, each once, in ascending order, the lock page left out. Read as often
/// as needed.
interface PageSet {
  /// How many pages.
  long count();

  Cursor open();

  /// One pass over the pages.
  interface Cursor {
    /// Moves to the next page and answers its number; 0 at the end.
    long next() throws IOException;

    /// Reads the page moved to.
    void read(byte[] page) throws IOException;
  }
}
