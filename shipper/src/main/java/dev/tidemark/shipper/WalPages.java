package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/// The pages that a run of WAL frames leaves behind: the last frame of each page, without pages
/// beyond the commit size and without the lock page. Read from the WAL when asked for, which must
/// not be reset meanwhile.
final class WalPages implements PageSet {
  private final Source source;
  private final int pageSize;
  private final long[] framesByPgno;
  private final int count;

  /// `frames` holds `pgno << 32 | frame` in any order; the array is this object's from now on.
  WalPages(Source source, PageSize pageSize, long commit, long[] frames) {
    this.source = source;
    this.pageSize = pageSize.bytes();
    this.framesByPgno = frames;
    Arrays.sort(frames);
    int kept = 0;
    for (int i = 0; i < frames.length; i++) {
      long pgno = frames[i] >>> 32;
      boolean last = i + 1 == frames.length || frames[i + 1] >>> 32 != pgno;
      if (last && pgno <= commit && !pageSize.isLockPage(pgno)) {
        frames[kept++] = frames[i];
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
        long frame = framesByPgno[i] & 0xFFFF_FFFFL;
        long offset = WalFormat.pageOffset(frame, pageSize);
        if (source.readWal(offset, page, 0, pageSize) < pageSize) {
          throw new EOFException("the WAL file ends before frame " + frame);
        }
      }
    };
  }
}
