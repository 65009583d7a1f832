package dev.tidemark.sqlite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// Writes the wal-index: first where each frame's page is found, then the header that makes the
/// frames committed for every reader. All under the WRITE lock.
///
/// Entries for frames beyond mxFrame are invisible, so they may be written at any time before the
/// header.
public final class WalIndexWriter {
  private static final VarHandle SLOT = ValueLayout.JAVA_SHORT.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final int FILE_PAGE_BYTES = 4_096;
  private static final int HASH_FACTOR = 383;

  private final NativeFile shm;
  private final List<MemorySegment> blocks = new ArrayList<>();

  public WalIndexWriter(NativeFile shm) {
    this.shm = shm;
  }

  /// Notes that `frame` holds page `pgno`. Frames come in ascending order, after [#dropAfter].
  public void put(long frame, long pgno) throws IOException {
    int number = WalIndexFormat.blockOf(frame);
    MemorySegment block = block(number);
    int index = (int) (frame - WalIndexFormat.framesBefore(number));
    int pgnoOffset = WalIndexFormat.pgnoOffset(number, index);
    if (index == 1) {
      block.asSlice(pgnoOffset).fill((byte) 0);
    }
    int slot = (int) (pgno * HASH_FACTOR) & (WalIndexFormat.HASH_SLOTS - 1);
    while (slot(block, slot) != 0) {
      slot = (slot + 1) & (WalIndexFormat.HASH_SLOTS - 1);
    }
    block.set(ValueLayout.JAVA_INT, pgnoOffset, (int) pgno);
    SLOT.setRelease(block, slotOffset(slot), (short) index);
  }

  /// Removes what a dead or rolled-back writer noted for frames after `mxFrame`, the last committed
  /// one, in its block; later blocks are cleared when their first frame comes.
  public void dropAfter(long mxFrame) throws IOException {
    if (mxFrame == 0) {
      return;
    }
    int number = WalIndexFormat.blockOf(mxFrame);
    MemorySegment block = block(number);
    int limit = (int) (mxFrame - WalIndexFormat.framesBefore(number));
    for (int slot = 0; slot < WalIndexFormat.HASH_SLOTS; slot++) {
      if (slot(block, slot) > limit) {
        SLOT.setRelease(block, slotOffset(slot), (short) 0);
      }
    }
    long from = WalIndexFormat.pgnoOffset(number, limit + 1);
    block.asSlice(from, WalIndexFormat.HASH - from).fill((byte) 0);
  }

  /// Makes `header` what is committed: the second copy first, so that a reader between the two sees
  /// them differ.
  public void publish(WalIndexHeader header) throws IOException {
    MemorySegment block = block(0);
    MemorySegment copy = MemorySegment.ofArray(header.encode());
    VarHandle.fullFence();
    block.asSlice(WalIndexFormat.COPY_BYTES, WalIndexFormat.COPY_BYTES).copyFrom(copy);
    VarHandle.fullFence();
    block.asSlice(0, WalIndexFormat.COPY_BYTES).copyFrom(copy);
    VarHandle.fullFence();
  }

  /// Makes the log empty for everybody; READ(1) to READ(4) are held exclusively and everything is
  /// backfilled.
  void publishReset(WalIndexHeader empty) throws IOException {
    publish(empty);
    MemorySegment block = block(0);
    INT.setRelease(block, (long) WalIndexFormat.N_BACKFILL, 0);
    INT.setRelease(block, (long) WalIndexFormat.N_BACKFILL_ATTEMPTED, 0);
    INT.setRelease(block, WalIndexFormat.READ_MARK + 4L, 0);
    for (int mark = 2; mark < LockBytes.READ_MARKS; mark++) {
      INT.setRelease(block, WalIndexFormat.READ_MARK + 4L * mark, WalIndexFormat.UNUSED_MARK);
    }
    VarHandle.fullFence();
  }

  private MemorySegment block(int number) throws IOException {
    while (blocks.size() <= number) {
      long offset = (long) blocks.size() * WalIndexFormat.BLOCK_BYTES;
      extendTo(offset + WalIndexFormat.BLOCK_BYTES);
      blocks.add(shm.mapWritable(offset, WalIndexFormat.BLOCK_BYTES));
    }
    return blocks.get(number);
  }

  // By writing rather than by setting the length: a full disk is an error here, and would be a
  // signal that ends the process when a hole is touched through the mapping.
  private void extendTo(long size) throws IOException {
    byte[] zero = {0};
    for (long end = roundUp(shm.size()) + FILE_PAGE_BYTES; end <= size; end += FILE_PAGE_BYTES) {
      shm.write(end - 1, zero, 0, 1);
    }
  }

  private static long roundUp(long size) {
    return (size + FILE_PAGE_BYTES - 1) / FILE_PAGE_BYTES * FILE_PAGE_BYTES;
  }

  private static int slot(MemorySegment block, int slot) {
    return Short.toUnsignedInt((short) SLOT.getAcquire(block, slotOffset(slot)));
  }

  private static long slotOffset(int slot) {
    return WalIndexFormat.HASH + 2L * slot;
  }
}
