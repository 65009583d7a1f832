package dev.tidemark.shipper;

import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import java.io.EOFException;
import java.io.IOException;

/// Frames `1..last` of a WAL, read many at once where they lie together. The WAL must not be reset
/// meanwhile.
final class WalFrames {
  private static final int WINDOW_BYTES = 1 << 18;

  private final Source source;
  private final int pageSize;
  private final long last;
  private byte[] window = {};
  private long first = 1;
  private int count;

  WalFrames(Source source, int pageSize, long last) {
    this.source = source;
    this.pageSize = pageSize;
    this.last = last;
  }

  int frameBytes() {
    return WalFormat.frameBytes(pageSize);
  }

  /// Reads the frames from one on, as many as fit into the window, and answers how many.
  int load(long from) throws IOException {
    int fit = Math.max(1, WINDOW_BYTES / frameBytes());
    int wanted = (int) Math.min(fit, last - from + 1);
    if (window.length < wanted * frameBytes()) {
      window = new byte[wanted * frameBytes()];
    }
    count = 0;
    int bytes = wanted * frameBytes();
    if (source.readWal(WalFormat.frameOffset(from, pageSize), window, 0, bytes) < bytes) {
      throw new EOFException("the WAL file ends before what is committed");
    }
    first = from;
    count = wanted;
    return wanted;
  }

  /// The frames that were read last, one after the other.
  byte[] window() {
    return window;
  }

  /// Makes frames of one transaction quick to read, if they fit into the window.
  void expect(long from, long to) throws IOException {
    if (to - from < WINDOW_BYTES / frameBytes() && !(from >= first && to < first + count)) {
      load(from);
    }
  }

  /// The page of a frame.
  void page(long frame, byte[] page) throws IOException {
    if (frame >= first && frame < first + count) {
      int at = (int) (frame - first) * frameBytes() + WalFormat.FRAME_HEADER_BYTES;
      System.arraycopy(window, at, page, 0, pageSize);
    } else if (source.readWal(WalFormat.pageOffset(frame, pageSize), page, 0, pageSize)
        < pageSize) {
      throw new EOFException("the WAL file ends before frame " + frame);
    }
  }
}
