package dev.tidemark.store;

import java.util.HashMap;
import java.util.Map;

/// A set of page numbers. Memory follows the pages that are in it, not the largest one, so a
/// damaged size field cannot ask for half a gigabyte.
final class PageBits {
  private static final int CHUNK_BITS = 18;
  private static final int CHUNK_WORDS = 1 << 12;

  private final Map<Long, long[]> chunks = new HashMap<>();
  private long lastChunk = -1;
  private long[] last = new long[0];
  private long count;

  /// False if it was there.
  boolean add(long pgno) {
    long[] chunk = chunk(pgno >>> CHUNK_BITS);
    int word = wordOf(pgno);
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
    return (chunk(index)[wordOf(pgno)] & (1L << pgno)) != 0;
  }

  long count() {
    return count;
  }

  private static int wordOf(long pgno) {
    return (int) (pgno >>> 6) & (CHUNK_WORDS - 1);
  }

  private long[] chunk(long index) {
    if (index != lastChunk) {
      last = chunks.computeIfAbsent(index, _ -> new long[CHUNK_WORDS]);
      lastChunk = index;
    }
    return last;
  }
}
