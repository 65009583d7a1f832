package dev.tidemark.shipper;

import java.io.IOException;
import java.io.InputStream;

/// A range of a file of the state directory as a stream. Does not close the file.
class HandleInput extends InputStream {
  private final StateFiles.Handle handle;
  private long offset;
  private long left;

  HandleInput(StateFiles.Handle handle, long offset, long length) {
    this.handle = handle;
    this.offset = offset;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = (int) Math.min(length, left);
    handle.read(offset, into, at, count);
    offset += count;
    left -= count;
    return count;
  }
}
