package dev.tidemark.ltx;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The content of the data frame being filled. A frame states its content size first. So, unless
/// that was announced ([#announce]), the content has to be whole before it is compressed, and the
/// buffer grows chunk by chunk; if it was, each chunk is compressed when it is full.
final class FrameBuffer implements AutoCloseable {
  private static final int CHUNK = 64 << 10;
  private static final int LEVEL = 3;

  private final List<byte[]> chunks = new ArrayList<>();
  private final byte[] packed = new byte[CHUNK];
  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private int size;
  private long announced;
  private int announcedWritten;
  private OutputStream announcedTo = OutputStream.nullOutputStream();

  FrameBuffer() {
    context.setLevel(LEVEL).setChecksum(true).setContentSize(true);
  }

  /// Bytes that wait to be written by [#flush].
  int size() {
    return size;
  }

  /// Begins a frame whose content will be exactly this long; the buffer is empty. It is written to
  /// `out` while it is filled, with the same bytes as by [#flush].
  void announce(long content, OutputStream out) {
    announced = content;
    announcedWritten = 0;
    announcedTo = out;
    context.setPledgedSrcSize(content);
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (announced > 0 && size == CHUNK) {
        compressAnnounced(EndDirective.CONTINUE);
      }
      int at = size % CHUNK;
      int chunk = size / CHUNK;
      if (chunk == chunks.size()) {
        chunks.add(new byte[CHUNK]);
      }
      int count = Math.min(left, CHUNK - at);
      System.arraycopy(bytes, from, chunks.get(chunk), at, count);
      size += count;
      from += count;
      left -= count;
    }
  }

  /// Ends the announced frame, and answers its size.
  int finishAnnounced() throws IOException {
    compressAnnounced(EndDirective.END);
    announced = 0;
    return announcedWritten;
  }

  private void compressAnnounced(EndDirective directive) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(chunks.getFirst(), 0, size);
    announcedWritten += compress(in, directive, announcedTo);
    size = 0;
  }

  /// Writes the first `length` bytes as one zstd frame, keeps the others, and answers the frame's
  /// size.
  int flush(int length, OutputStream out) throws IOException {
    int written = 0;
    context.setPledgedSrcSize(length);
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      boolean last = from + count == length;
      ByteBuffer in = ByteBuffer.wrap(chunks.get(from / CHUNK), 0, count);
      written += compress(in, last ? EndDirective.END : EndDirective.CONTINUE, out);
    }
    dropFirst(length);
    return written;
  }

  private int compress(ByteBuffer in, EndDirective directive, OutputStream out) throws IOException {
    int written = 0;
    boolean done = false;
    while (!done || in.hasRemaining()) {
      ByteBuffer room = ByteBuffer.wrap(packed);
      done = context.compressByteBufferStream(room, in, directive);
      out.write(packed, 0, room.position());
      written += room.position();
      if (directive == EndDirective.CONTINUE && !in.hasRemaining()) {
        return written;
      }
    }
    return written;
  }

  private void dropFirst(int length) throws IOException {
    byte[] rest = new byte[size - length];
    for (int i = 0; i < rest.length; ) {
      int at = length + i;
      int count = Math.min(rest.length - i, CHUNK - at % CHUNK);
      System.arraycopy(chunks.get(at / CHUNK), at % CHUNK, rest, i, count);
      i += count;
    }
    size = 0;
    append(rest, 0, rest.length);
  }

  @Override
  public void close() {
    context.close();
  }
}
