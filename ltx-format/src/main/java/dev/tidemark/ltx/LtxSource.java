package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;

/// The stream of one LTX file with a byte count, so that every error can say where. Never reads
/// beyond what is asked for.
final class LtxSource {
  private final InputStream in;
  private final byte[] unread = new byte[Integer.BYTES];
  private int unreadBytes;
  private long offset;

  LtxSource(InputStream in) {
    this.in = in;
  }

  long offset() {
    return offset;
  }

  void read(byte[] into, int at, int length, String what) throws IOException {
    int done = Math.min(unreadBytes, length);
    System.arraycopy(unread, 0, into, at, done);
    System.arraycopy(unread, done, unread, 0, unreadBytes - done);
    unreadBytes -= done;
    int got = done + in.readNBytes(into, at + done, length - done);
    offset += got;
    if (got < length) {
      throw new CorruptLtxException(offset, "file is cut short in its " + what);
    }
  }

  /// Puts the last four bytes back: `bytes` from `at` on, as they were read.
  void unread(byte[] bytes, int at) {
    System.arraycopy(bytes, at, unread, 0, unread.length);
    unreadBytes = unread.length;
    offset -= unread.length;
  }
}
