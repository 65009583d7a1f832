package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import java.io.IOException;

/// The pages that a run of WAL frames leaves behind: the last frame of each page, without pages
/// beyond the commit size and without the lock page. Read from the WAL when asked for, which must
/// not be reset meanwhile.
final class WalPages implements PageSet {
  private final WalFrames frames;
  private final LongList framesByPgno;
  private final int first;
  private final int count;

  /// `entries` holds `pgno << 32 | frame` in any order. The part `from..to` is this object's from
  /// now on: a copy would be as large as all the memory that a large transaction takes.
  WalPages(WalFrames frames, PageSize pageSize, long commit, LongList entries, int from, int to) {
    this.frames = frames;
    this.framesByPgno = entries;
    this.first = from;
    entries.sortUnsigned(from, to);
    int kept = from;
    for (int i = from; i < to; i++) {
      long pgno = entries.get(i) >>> 32;
      boolean last = i + 1 == to || entries.get(i + 1) >>> 32 != pgno;
      if (last && pgno <= commit && !pageSize.isLockPage(pgno)) {
        entries.set(kept++, entries.get(i));
      }
    }
    this.count = kept - from;
  }

  static long entry(long pgno, long frame) {
    return pgno << 32 | frame;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public Cursor open() {
    return new Cursor() {
      private int i = -1;

      @Override
      public long next() {
        return ++i < count ? framesByPgno.get(first + i) >>> 32 : 0;
      }

      @Override
      public void read(byte[] page) throws IOException {
        frames.page(framesByPgno.get(first + i) & 0xFFFF_FFFFL, page);
      }
    };
  }
}
