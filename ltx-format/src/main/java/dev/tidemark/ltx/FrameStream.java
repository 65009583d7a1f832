package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/// The contents of an object's data frames, back to back. Compressed bytes are read and hashed by
/// the caller's thread, in order; frames are inflated ahead on an executor.
final class FrameStream extends InputStream {
  private final InputStream object;
  private final IndexFrame index;
  private final MessageDigest digest;
  private final int readAhead;
  private final Executor executor;
  private final ZstdFrames zstd = new ZstdFrames();
  private final Queue<FutureTask<byte[]>> ahead = new ArrayDeque<>();
  private byte[] content = new byte[0];
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
    this.readAhead = Math.max(1, readAhead);
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
    if (room == 0 || (at == content.length && !nextFrame())) {
      return -1;
    }
    int count = (int) Math.min(Math.min(length, content.length - at), room);
    System.arraycopy(content, at, into, offset, count);
    at += count;
    room -= count;
    return count;
  }

  private boolean nextFrame() throws IOException {
    fetch();
    FutureTask<byte[]> next = ahead.poll();
    if (next == null) {
      return false;
    }
    content = await(next);
    at = 0;
    fetch();
    return true;
  }

  private void fetch() throws IOException {
    while (ahead.size() < readAhead && fetched < index.frameCount()) {
      FrameRow row = index.frame(fetched);
      long offset = fetchedBytes;
      byte[] packed = new byte[row.compressedSize()];
      int got = object.readNBytes(packed, 0, packed.length);
      if (got < packed.length) {
        throw new CorruptLtxException(offset + got, "object is cut short in its data frames");
      }
      digest.update(packed);
      fetched++;
      fetchedBytes += got;
      FutureTask<byte[]> task =
          new FutureTask<>(() -> zstd.decode(packed, row.decompressedSize(), offset));
      executor.execute(task);
      ahead.add(task);
    }
  }

  private static byte[] await(FutureTask<byte[]> task) throws IOException {
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
    for (FutureTask<byte[]> task : ahead) {
      task.cancel(false);
    }
    ahead.clear();
    zstd.close();
  }
}
