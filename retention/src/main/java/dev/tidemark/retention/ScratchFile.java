package dev.tidemark.retention;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A local file without a name that is written once, front to back, and then read as often as
/// wanted. Its name goes when it is opened (where the system can do so), so that a killed process
/// leaves nothing behind. Never synced: after a crash nobody needs it.
final class ScratchFile implements Closeable {
  private static final int BUFFER = 64 << 10;

  private final FileChannel channel;
  private ByteBuffer unwritten = ByteBuffer.allocate(BUFFER);
  private long size;

  private ScratchFile(FileChannel channel) {
    this.channel = channel;
  }

  static ScratchFile in(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, "tidemark-", ".scratch");
    return new ScratchFile(
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  long size() {
    return size;
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (!unwritten.hasRemaining()) {
        flush();
      }
      int count = Math.min(left, unwritten.remaining());
      unwritten.put(bytes, from, count);
      from += count;
      left -= count;
    }
    size += length;
  }

  /// Ends the writing.
  void seal() throws IOException {
    flush();
    unwritten = ByteBuffer.allocate(0);
  }

  private void flush() throws IOException {
    unwritten.flip();
    while (unwritten.hasRemaining()) {
      channel.write(unwritten);
    }
    unwritten.clear();
  }

  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        append(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        append(bytes, offset, length);
      }
    };
  }

  /// What was written, from the start. Several may be read at once.
  InputStream input() {
    return new Input();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class Input extends InputStream {
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private long position;

    @Override
    public int read() throws IOException {
      return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, buffer.remaining());
      buffer.get(into, offset, count);
      return count;
    }

    /// Whether there is another byte.
    private boolean fill() throws IOException {
      if (buffer.hasRemaining()) {
        return true;
      }
      buffer.clear();
      int count = channel.read(buffer, position);
      buffer.flip();
      position += Math.max(0, count);
      return count > 0;
    }
  }
}
