package dev.tidemark.shipper;

import java.io.IOException;
import java.util.Arrays;

/// Page checksums of transactions that are captured but not yet in the spool for good, over a
/// [PageTable]. Only [#flush] changes the table, so that it never runs ahead of what a restart can
/// know.
///
/// Open addressing on page numbers, which are never 0; a removed page has checksum 0.
final class DirtySums {
  private static final int CAPACITY_MIN = 1 << 10;

  private final PageTable table;
  private int[] pgnos = new int[CAPACITY_MIN];
  private long[] sums = new long[CAPACITY_MIN];
  private int count;

  DirtySums(PageTable table) {
    this.table = table;
  }

  long get(long pgno) {
    int slot = slotOf(pgnos, (int) pgno);
    return pgnos[slot] == 0 ? table.get(pgno) : sums[slot];
  }

  void put(long pgno, long checksum) {
    if (count * 2 >= pgnos.length) {
      grow();
    }
    int slot = slotOf(pgnos, (int) pgno);
    if (pgnos[slot] == 0) {
      pgnos[slot] = (int) pgno;
      count++;
    }
    sums[slot] = checksum;
  }

  /// Writes everything to the table and forgets it.
  void flush() throws IOException {
    for (int i = 0; i < pgnos.length && count > 0; i++) {
      if (pgnos[i] != 0) {
        table.put(Integer.toUnsignedLong(pgnos[i]), sums[i]);
      }
    }
    clear();
  }

  void clear() {
    if (pgnos.length > CAPACITY_MIN) {
      pgnos = new int[CAPACITY_MIN];
      sums = new long[CAPACITY_MIN];
    } else if (count > 0) {
      Arrays.fill(pgnos, 0);
    }
    count = 0;
  }

  private static int slotOf(int[] keys, int pgno) {
    int mask = keys.length - 1;
    int slot = ((pgno * 0x9E37_79B9) >>> 7) & mask;
    while (keys[slot] != 0 && keys[slot] != pgno) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldPgnos = pgnos;
    long[] oldSums = sums;
    pgnos = new int[oldPgnos.length * 2];
    sums = new long[pgnos.length];
    for (int i = 0; i < oldPgnos.length; i++) {
      if (oldPgnos[i] != 0) {
        int slot = slotOf(pgnos, oldPgnos[i]);
        pgnos[slot] = oldPgnos[i];
        sums[slot] = oldSums[i];
      }
    }
  }
}
