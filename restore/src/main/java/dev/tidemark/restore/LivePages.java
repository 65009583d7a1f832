package dev.tidemark.restore;

import java.io.IOException;

/// The pages of a database as it was at one moment, to compare a log's head with that is not older.
public interface LivePages {
  /// The size of the database in pages.
  long pages() throws IOException;

  /// The checksum of a page (LTX definition); 0 for the lock page, and for one that is not there.
  long checksum(long pgno) throws IOException;

  /// Whether a commit since that moment has written the page, or dropped it: then it says nothing.
  boolean wasWritten(long pgno) throws IOException;
}
