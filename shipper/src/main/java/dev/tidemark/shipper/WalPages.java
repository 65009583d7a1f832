package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import java.io.IOException;
import java.util.Arrays;

/// The pages that a run of WAL frames leaves behind: the last frame of each page, without pages
/// beyond the commit size and without the lock page. Read from the WAL when asked for, which must
/// not be reset meanwhile.
final class WalPages implements PageSet {
  private final WalFrames frames;
  private final long[] framesByPgno;
  private final int count;

  /// `entries` holds `pgno << 32 | frame` in any order; the array is this object's from now on.
  WalPages(WalFrames frames, PageSize pageSize, long commit, long[] entries) {
    this.frames = frames;
    this.framesByPgno = entries;
    Arrays.sort(entries);
    int kept = 0;
    for (int i = 0; i < entries.length; i++) {
      long pgno = entries[i] >>> 32;
      boolean last = i + 1 == entries.length || entries[i + 1] >>> 32 != pgno;
      if (last && pgno <= commit && !pageSize.isLockPage(pgno)) {
        entries[kept++] = entries[i];
      }
    }
    this.count = kept;
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
        return ++i < count ? framesByPgno[i] >>> 32 : 0;
      }

      @Override
      public void read(byte[] page) throws IOException {
        frames.page(framesByPgno[i] & 0xFFFF_FFFFL, page);
      }
    };
  }
}
