package dev.tidemark.store;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// Page number to page checksum, without boxes: open addressing, page number 0 marks a free place.
final class PageMap {
  private static final int CAPACITY_MIN = 1 << 10;

  private long[] pgnos = new long[CAPACITY_MIN];
  private long[] checksums = new long[CAPACITY_MIN];
  private int count;

  /// The checksum that was there, or 0.
  long put(long pgno, long checksum) {
    int at = find(pgno);
    if (pgnos[at] == pgno) {
      long before = checksums[at];
      checksums[at] = checksum;
      return before;
    }
    if (++count > pgnos.length / 2) {
      grow();
      at = find(pgno);
    }
    pgnos[at] = pgno;
    checksums[at] = checksum;
    return 0;
  }

  void forEach(LongConsumer pgno) {
    for (long p : pgnos) {
      if (p != 0) {
        pgno.accept(p);
      }
    }
  }

  void clear() {
    Arrays.fill(pgnos, 0);
    count = 0;
  }

  private int find(long pgno) {
    int mask = pgnos.length - 1;
    int at = (int) ((pgno * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
    while (pgnos[at] != 0 && pgnos[at] != pgno) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] oldPgnos = pgnos;
    long[] oldChecksums = checksums;
    pgnos = new long[oldPgnos.length * 2];
    checksums = new long[pgnos.length];
    for (int i = 0; i < oldPgnos.length; i++) {
      if (oldPgnos[i] != 0) {
        int at = find(oldPgnos[i]);
        pgnos[at] = oldPgnos[i];
        checksums[at] = oldChecksums[i];
      }
    }
  }
}
