package dev.tidemark.shipper;

import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.Scratch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// A page index under way: in memory while it is small, in a file of the state directory beyond
/// that.
final class SpillScratch implements Scratch {
  static final String FILE = "index.partial";
  private static final int HEAP_MAX = 1 << 18;

  private final StateFiles files;
  private final ByteArrayOutputStream heap = new ByteArrayOutputStream();
  private StateFiles.@org.jspecify.annotations.Nullable Handle spilled;
  private long spilledBytes;

  SpillScratch(StateFiles files) {
    this.files = files;
  }

  @Override
  public void append(byte[] bytes, int offset, int length) throws IOException {
    heap.write(bytes, offset, length);
    if (heap.size() >= HEAP_MAX) {
      if (spilled == null) {
        spilled = files.open(FILE);
      }
      spilled.write(spilledBytes, heap.toByteArray(), 0, heap.size());
      spilledBytes += heap.size();
      heap.reset();
    }
  }

  @Override
  public void copyTo(LtxOutput out) throws IOException {
    if (spilled != null) {
      copySpilled(spilled, out);
    }
    out.write(heap.toByteArray(), 0, heap.size());
  }

  private void copySpilled(StateFiles.Handle from, LtxOutput out) throws IOException {
    byte[] chunk = new byte[1 << 16];
    for (long at = 0; at < spilledBytes; ) {
      int length = (int) Math.min(chunk.length, spilledBytes - at);
      from.read(at, chunk, 0, length);
      out.write(chunk, 0, length);
      at += length;
    }
  }

  @Override
  public void close() throws IOException {
    if (spilled != null) {
      spilled.close();
      spilled = null;
      files.delete(FILE);
    }
  }
}
