package dev.tidemark.restore;

import java.io.IOException;

/// The pages of a database as it is now, to compare a log's head with.
public interface LivePages {
  /// The size of the database in pages.
  long pages() throws IOException;

  /// The checksum of a page (LTX definition); 0 for the lock page.
  long checksum(long pgno) throws IOException;
}
