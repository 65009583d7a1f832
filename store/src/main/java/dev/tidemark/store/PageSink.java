package dev.tidemark.store;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.IOException;

/// Takes the pages of one database state, in no particular order. A page may come more than once;
/// the last one counts. Called by one thread.
public interface PageSink {
  /// Begins the state at `target`, of `pages` pages; everything taken before is void.
  void begin(Position target, PageSize pageSize, long pages) throws IOException;

  /// `page` is valid during the call. The lock page never comes.
  void page(long pgno, long checksum, byte[] page) throws IOException;
}
