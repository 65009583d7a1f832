package dev.tidemark.ltx;

import java.io.IOException;
import java.util.Arrays;

/// A scratch in memory.
final class HeapScratch implements Scratch {
  private static final int FIRST_BYTES = 64;

  private byte[] held = new byte[FIRST_BYTES];
  private int used;

  @Override
  public void append(byte[] bytes, int offset, int length) {
    int needed = Math.addExact(used, length);
    if (needed > held.length) {
      held = Arrays.copyOf(held, Math.max(needed, held.length + (held.length >> 1)));
    }
    System.arraycopy(bytes, offset, held, used, length);
    used = needed;
  }

  @Override
  public void copyTo(LtxOutput out) throws IOException {
    out.write(held, 0, used);
  }

  /// Forgets what was held, and keeps the room.
  void clear() {
    used = 0;
  }
}
