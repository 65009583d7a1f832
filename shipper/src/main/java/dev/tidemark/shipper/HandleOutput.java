package dev.tidemark.shipper;

import dev.tidemark.ltx.LtxOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Appends to a file of the state directory through one small buffer, which is as large as was
/// needed since it was last released.
final class HandleOutput extends OutputStream implements LtxOutput {
  static final int BUFFER_BYTES = 1 << 17;
  private static final int BUFFER_BYTES_MIN = 1 << 12;

  private final StateFiles.Handle handle;
  private byte[] buffer = new byte[BUFFER_BYTES_MIN];
  private long offset;
  private int used;

  HandleOutput(StateFiles.Handle handle, long offset) {
    this.handle = handle;
    this.offset = offset;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length > buffer.length - used) {
      makeRoom(length);
    }
    if (length > buffer.length) {
      handle.write(offset, bytes, from, length);
      offset += length;
    } else {
      System.arraycopy(bytes, from, buffer, used, length);
      used += length;
    }
  }

  private void makeRoom(int length) throws IOException {
    if (length > BUFFER_BYTES - used) {
      flush();
    } else {
      int doubled = Math.max(2 * buffer.length, Integer.highestOneBit(used + length) * 2);
      buffer = Arrays.copyOf(buffer, Math.min(BUFFER_BYTES, doubled));
    }
  }

  /// Gives the memory back that much output took. Nothing may wait to be flushed.
  void release() {
    if (used == 0 && buffer.length > BUFFER_BYTES_MIN) {
      buffer = new byte[BUFFER_BYTES_MIN];
    }
  }

  @Override
  public void flush() throws IOException {
    if (used == 0) {
      return;
    }
    handle.write(offset, buffer, 0, used);
    offset += used;
    used = 0;
  }

  /// Goes on at an offset; what was written from there on, and is not flushed, is forgotten.
  void moveTo(long to) {
    boolean buffered = to >= offset && to <= offset + used;
    used = buffered ? (int) (to - offset) : 0;
    offset = buffered ? offset : to;
  }

  boolean isFlushed() {
    return used == 0;
  }

  /// Where the next byte goes.
  long offset() {
    return offset + used;
  }
}
