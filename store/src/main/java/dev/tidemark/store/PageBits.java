package dev.tidemark.store;

import java.util.HashMap;
import java.util.Map;

/// A set of page numbers. Memory follows the pages that are in it, not the largest one, so a
/// damaged size field cannot ask for half a gigabyte.
final class PageBits {
  private static final int CHUNK_BITS = 18;

  private final Map<Long, long[]> chunks = new HashMap<>();
  private long lastChunk = -1;
  private long[] last = new long[0];
  private long count;

  /// False if it was there.
  boolean add(long pgno) {
    long[] chunk = chunk(pgno >>> CHUNK_BITS);
    int word = (int) (pgno & (1L << CHUNK_BITS) - 1) >>> 6;
    long bit = 1L << pgno;
    if ((chunk[word] & bit) != 0) {
      return false;
    }
    chunk[word] |= bit;
    count++;
    return true;
  }

  boolean contains(long pgno) {
    long index = pgno >>> CHUNK_BITS;
    if (index != lastChunk && !chunks.containsKey(index)) {
      return false;
    }
    return (chunk(index)[(int) (pgno & (1L << CHUNK_BITS) - 1) >>> 6] & 1L << pgno) != 0;
  }

  long count() {
    return count;
  }

  private long[] chunk(long index) {
    if (index != lastChunk) {
      last = chunks.computeIfAbsent(index, _ -> new long[1 << CHUNK_BITS - 6]);
      lastChunk = index;
    }
    return last;
  }
}
