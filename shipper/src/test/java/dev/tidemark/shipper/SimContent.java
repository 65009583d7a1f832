package dev.tidemark.shipper;

import java.io.EOFException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The bytes of a file at one moment; never changes. Blocks that were never written are not there,
/// and the others are shared with the contents before and after, so that a large file costs little.
final class SimContent {
  static final int BLOCK = 4096;
  static final SimContent EMPTY = new SimContent(new byte[0][], 0);
  private static final byte[] ZEROS = new byte[BLOCK];

  // No block is ever written to; all that lies behind the size is zero.
  private final byte[][] blocks;
  private final long size;

  private SimContent(byte[][] blocks, long size) {
    this.blocks = blocks;
    this.size = size;
  }

  long size() {
    return size;
  }

  private byte[] block(int index) {
    return index < blocks.length && blocks[index].length > 0 ? blocks[index] : ZEROS;
  }

  private static byte[][] blocksFor(SimContent from, long size) {
    int before = from.blocks.length;
    byte[][] blocks =
        Arrays.copyOf(from.blocks, Math.toIntExact((size + BLOCK - 1) / BLOCK), byte[][].class);
    for (int i = before; i < blocks.length; i++) {
      blocks[i] = SimContent.NONE;
    }
    return blocks;
  }

  private static final byte[] NONE = {};

  SimContent written(long offset, byte[] bytes, int from, int length) {
    if (length == 0) {
      return this;
    }
    long end = Math.max(size, offset + length);
    byte[][] after = blocksFor(this, end);
    for (int done = 0; done < length; ) {
      int index = (int) ((offset + done) / BLOCK);
      int at = (int) ((offset + done) % BLOCK);
      int count = Math.min(BLOCK - at, length - done);
      byte[] changed = block(index).clone();
      System.arraycopy(bytes, from + done, changed, at, count);
      after[index] = changed;
      done += count;
    }
    return new SimContent(after, end);
  }

  /// Cut, or grown by zeros.
  SimContent resized(long to) {
    if (to == size) {
      return this;
    }
    byte[][] after = blocksFor(this, to);
    int kept = (int) (to % BLOCK);
    if (to < size && kept > 0) {
      byte[] last = block(after.length - 1).clone();
      Arrays.fill(last, kept, BLOCK, (byte) 0);
      after[after.length - 1] = last;
    }
    return new SimContent(after, to);
  }

  void read(long offset, byte[] into, int at, int length) throws EOFException {
    if (length > 0 && offset + length > size) {
      throw new EOFException("file ends at byte " + size);
    }
    for (int done = 0; done < length; ) {
      int within = (int) ((offset + done) % BLOCK);
      int count = Math.min(BLOCK - within, length - done);
      System.arraycopy(block((int) ((offset + done) / BLOCK)), within, into, at + done, count);
      done += count;
    }
  }

  byte[] bytes() {
    byte[] all = new byte[Math.toIntExact(size)];
    for (int at = 0; at < all.length; at += BLOCK) {
      System.arraycopy(block(at / BLOCK), 0, all, at, Math.min(BLOCK, all.length - at));
    }
    return all;
  }

  /// Fills zeroed memory with the beginning of this.
  void copyTo(MemorySegment memory) {
    for (int i = 0; i < blocks.length && (long) i * BLOCK < memory.byteSize(); i++) {
      long at = (long) i * BLOCK;
      int count = (int) Math.min(BLOCK, memory.byteSize() - at);
      if (blocks[i].length > 0) {
        MemorySegment.copy(blocks[i], 0, memory, ValueLayout.JAVA_BYTE, at, count);
      }
    }
  }

  /// Whether memory that begins where this begins has the same bytes from `at`, for one block.
  boolean hasBlock(MemorySegment memory, long at, int count) {
    MemorySegment here = MemorySegment.ofArray(block((int) (at / BLOCK)));
    return MemorySegment.mismatch(memory, at, at + count, here, 0, count) < 0;
  }
}
