package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageSize;

/// Decides, while objects are read from the newest to the oldest, which of their pages belong to
/// the target state, and keeps the rolling checksum of those.
///
/// The merge rule: a page counts iff nothing later has it and it lies within the database size
/// after every later transaction. Objects come newest first, but the transactions inside one come
/// oldest first; so pages of the current object are kept in a map until it ends, where a later one
/// replaces an earlier one, and the size limit of each transaction is computed before from the
/// object's index frame.
final class NewestFirst {
  private final PageSize pageSize;
  private final long pages;
  private final PageBits done = new PageBits();
  private final PageMap current = new PageMap();
  private boolean isSingleFile;
  private long currentCount;
  private long[] limits = new long[0];
  private long limit;
  private long fileLimit;
  private long xor;

  NewestFirst(PageSize pageSize, long pages) {
    this.pageSize = pageSize;
    this.pages = pages;
    this.limit = pages;
  }

  /// Files 0 to `last` of an object count.
  void beginObject(Contents contents, int last) {
    isSingleFile = last == 0;
    limits = new long[last + 1];
    for (int i = last; i >= 0; i--) {
      limits[i] = limit;
      limit = Math.min(limit, contents.file(i).databasePages());
    }
  }

  void beginFile(int i) {
    fileLimit = limits[i];
  }

  /// Whether the page belongs to the target state, as far as is known.
  boolean take(long pgno, long checksum) {
    if (pgno > fileLimit || done.contains(pgno)) {
      return false;
    }
    if (isSingleFile) {
      done.add(pgno);
      xor ^= checksum;
      return true;
    }
    long before = current.put(pgno, checksum);
    if (before == 0) {
      currentCount++;
    }
    xor ^= before ^ checksum;
    return true;
  }

  void endObject() {
    if (currentCount > 0) {
      current.forEach(done::add);
      current.clear();
      currentCount = 0;
    }
  }

  /// Every page is there; nothing older can add one.
  boolean isComplete() {
    return done.count() == pageSize.dataPages(pages);
  }

  long missing() {
    return pageSize.dataPages(pages) - done.count();
  }

  Checksum checksum() {
    return Checksum.ofXor(xor);
  }
}
