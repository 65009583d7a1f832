package dev.tidemark.restore;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A second way into the file that a restore writes, past the page cache. The disk then works while
/// pages are decoded instead of at the end, and a database as large as the memory takes none of it:
/// writing into fresh page cache can cost more than all of the decoding.
///
/// One thread at a time.
final class DirectFile implements Closeable {
  private final FileChannel buffered;
  private final Optional<FileChannel> direct;
  private final long blockBytes;
  private boolean refused;

  DirectFile(FileChannel buffered, Optional<FileChannel> direct, long blockBytes) {
    this.buffered = buffered;
    this.direct = direct;
    this.blockBytes = blockBytes;
  }

  /// Opens an existing file that is open as `buffered` too, which stays the caller's to close.
  static DirectFile open(Path file, FileChannel buffered) throws IOException {
    try {
      long blockBytes = Files.getFileStore(file).getBlockSize();
      FileChannel direct =
          FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
      return new DirectFile(buffered, Optional.of(direct), blockBytes);
    } catch (FileSystemException | UnsupportedOperationException _) {
      return new DirectFile(buffered, Optional.empty(), 1);
    }
  }

  /// Writes a run of pages: directly if they fill disk blocks and the file system takes it.
  void write(ByteBuffer run, long offset, int pageBytes) throws IOException {
    if (direct.isPresent() && pageBytes % blockBytes == 0 && !refused) {
      try {
        writeFully(direct.get(), run.duplicate(), offset);
        run.position(run.limit());
        return;
      } catch (IOException _) {
        // Some file systems accept the open and refuse the write. If it is something worse, the
        // other way meets it too, and says so.
        refused = true;
      }
    }
    writeFully(buffered, run, offset);
  }

  private static void writeFully(FileChannel to, ByteBuffer run, long offset) throws IOException {
    long at = offset;
    while (run.hasRemaining()) {
      at += to.write(run, at);
    }
  }

  @Override
  public void close() throws IOException {
    if (direct.isPresent()) {
      direct.get().close();
    }
  }
}
