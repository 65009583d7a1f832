package dev.tidemark.shipper;

import dev.tidemark.ltx.LtxOutput;
import java.io.IOException;
import java.io.OutputStream;

/// Appends to a file of the state directory through one small buffer.
final class HandleOutput extends OutputStream implements LtxOutput {
  static final int BUFFER_BYTES = 1 << 17;

  private final StateFiles.Handle handle;
  private final byte[] buffer;
  private long offset;
  private int used;

  HandleOutput(StateFiles.Handle handle, long offset) {
    this(handle, offset, new byte[BUFFER_BYTES]);
  }

  /// With a buffer that is used again.
  HandleOutput(StateFiles.Handle handle, long offset, byte[] buffer) {
    this.handle = handle;
    this.offset = offset;
    this.buffer = buffer;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length > buffer.length - used) {
      flush();
    }
    if (length > buffer.length) {
      handle.write(offset, bytes, from, length);
      offset += length;
    } else {
      System.arraycopy(bytes, from, buffer, used, length);
      used += length;
    }
  }

  @Override
  public void flush() throws IOException {
    handle.write(offset, buffer, 0, used);
    offset += used;
    used = 0;
  }

  /// Where the next byte goes.
  long offset() {
    return offset + used;
  }
}
