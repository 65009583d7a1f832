package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.util.BitSet;

/// The pages with a frame in the WAL that is not known to be in the database file: what the file
/// holds of them does not count yet, and a checkpoint may be writing it. Follows the WAL by the
/// headers of its frames; one bit a page. One thread at a time.
final class LoggedPages {
  /// Frame headers read in one go, some milliseconds.
  static final int FRAMES_MAX = 4096;

  private final Source source;
  private final byte[] header = new byte[WalFormat.FRAME_HEADER_BYTES];
  private final BitSet pages = new BitSet();
  private long salts;
  private long backfilled;
  private long last;

  LoggedPages(Source source) {
    this.source = source;
  }

  /// Takes in the committed frames after `nBackfill`, [#FRAMES_MAX] at most. True if these are all;
  /// else call again, if the WAL was not reset meanwhile.
  boolean follow(WalIndexHeader to, long nBackfill) throws IOException {
    if (to.salts() != salts || nBackfill != backfilled || to.mxFrame() < last) {
      pages.clear();
      salts = to.salts();
      backfilled = nBackfill;
      last = nBackfill;
    }
    long end = Math.min(to.mxFrame(), last + FRAMES_MAX);
    while (last < end) {
      long offset = WalFormat.frameOffset(last + 1, source.pageSize());
      if (source.readWal(offset, header, 0, header.length) < header.length) {
        return false;
      }
      WalFrameHeader frame = WalFrameHeader.decode(header, 0);
      if (frame.salts() != salts) {
        return false;
      }
      pages.set(Math.toIntExact(frame.pgno()));
      last++;
    }
    return last == to.mxFrame();
  }

  boolean has(long pgno) {
    return pages.get((int) pgno);
  }
}
