package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/// The contents of an object's data frames, back to back. Compressed bytes are read and hashed by
/// the caller's thread, in order; frames are inflated ahead on an executor. Buffers are used again:
/// an object of a gigabyte would otherwise take new memory for all of its bytes, and faulting that
/// in costs more than inflating.
final class FrameStream extends InputStream {
  /// A frame on its way, compressed and inflated; buffers only grow.
  private static final class Buffers {
    private static final byte[] NONE = {};

    private byte[] packed = NONE;
    private byte[] content = NONE;

    /// Lets go of a buffer before it makes a larger one: both may be 8 MiB.
    void ensure(FrameRow row) {
      if (packed.length < row.compressedSize()) {
        packed = NONE;
        packed = new byte[row.compressedSize()];
      }
      if (content.length < row.decompressedSize()) {
        content = NONE;
        content = new byte[row.decompressedSize()];
      }
    }
  }

  /// A frame that is being inflated.
  private record Pending(int contentBytes, FutureTask<Buffers> inflated) {}

  private final InputStream object;
  private final IndexFrame index;
  private final MessageDigest digest;
  private final int readAhead;
  private final Executor executor;
  private final ZstdFrames zstd = new ZstdFrames();
  private final Queue<Pending> ahead = new ArrayDeque<>();
  private final Queue<Buffers> free = new ArrayDeque<>();
  private Buffers current = new Buffers();
  private int contentBytes;
  private int at;
  private int fetched;
  private long fetchedBytes;
  private long room;

  FrameStream(
      InputStream object,
      IndexFrame index,
      MessageDigest digest,
      int readAhead,
      Executor executor) {
    this.object = object;
    this.index = index;
    this.digest = digest;
    this.readAhead = readAhead;
    this.executor = executor;
  }

  /// How many bytes the stream gives before it says that it ended.
  void limit(long bytes) {
    room = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (room == 0 || (at == contentBytes && !nextFrame())) {
      return -1;
    }
    int count = (int) Math.min(Math.min(length, contentBytes - at), room);
    System.arraycopy(current.content, at, into, offset, count);
    at += count;
    room -= count;
    return count;
  }

  private boolean nextFrame() throws IOException {
    if (ahead.isEmpty() && fetched == index.frameCount()) {
      return false;
    }
    // Before anything is fetched, so that reading without any frame ahead takes one buffer only.
    free.add(current);
    fetch(Math.max(1, readAhead));
    Pending next = ahead.remove();
    current = await(next.inflated());
    contentBytes = next.contentBytes();
    at = 0;
    fetch(readAhead);
    return true;
  }

  private void fetch(int frames) throws IOException {
    while (ahead.size() < frames && fetched < index.frameCount()) {
      FrameRow row = index.frame(fetched);
      Buffers buffers = Optional.ofNullable(free.poll()).orElseGet(Buffers::new);
      buffers.ensure(row);
      long offset = fetchedBytes;
      int got = object.readNBytes(buffers.packed, 0, row.compressedSize());
      if (got < row.compressedSize()) {
        throw new CorruptLtxException(offset + got, "object is cut short in its data frames");
      }
      digest.update(buffers.packed, 0, got);
      fetched++;
      fetchedBytes += got;
      FutureTask<Buffers> task = new FutureTask<>(() -> inflate(buffers, row, offset));
      executor.execute(task);
      ahead.add(new Pending(row.decompressedSize(), task));
    }
  }

  private Buffers inflate(Buffers buffers, FrameRow row, long offset) throws CorruptLtxException {
    zstd.decode(
        buffers.packed, row.compressedSize(), buffers.content, row.decompressedSize(), offset);
    return buffers;
  }

  private static Buffers await(FutureTask<Buffers> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while inflating");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CorruptLtxException corrupt) {
        throw corrupt;
      }
      throw new IllegalStateException("inflating ended with a bug", e.getCause());
    }
  }

  /// Leaves the object's stream open. Frames in flight end by themselves.
  @Override
  public void close() {
    ahead.forEach(pending -> pending.inflated().cancel(false));
    ahead.clear();
    zstd.close();
  }
}
