package dev.tidemark.restore;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A second way into the file that a restore writes, past the page cache. The disk then works while
/// pages are decoded instead of at the end, and a database as large as the memory takes none of it:
/// writing into fresh page cache can cost more than all of the decoding.
final class DirectFile implements Closeable {
  private final Optional<FileChannel> channel;
  private final long blockBytes;

  private DirectFile(Optional<FileChannel> channel, long blockBytes) {
    this.channel = channel;
    this.blockBytes = blockBytes;
  }

  /// Opens an existing file; one that cannot be written directly is not.
  static DirectFile open(Path file) throws IOException {
    try {
      long blockBytes = Files.getFileStore(file).getBlockSize();
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
      return new DirectFile(Optional.of(channel), blockBytes);
    } catch (FileSystemException | UnsupportedOperationException _) {
      return new DirectFile(Optional.empty(), 1);
    }
  }

  /// The channel for runs of pages of this size; `otherwise` if they do not fill disk blocks.
  FileChannel channel(int pageBytes, FileChannel otherwise) {
    return pageBytes % blockBytes == 0 ? channel.orElse(otherwise) : otherwise;
  }

  @Override
  public void close() throws IOException {
    if (channel.isPresent()) {
      channel.get().close();
    }
  }
}
