package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// A database file as it lies on disk, without its WAL, that no other code of this process has open
/// (closing it would drop SQLite's locks).
final class DatabaseFile implements AutoCloseable {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 100;

  private final Path path;
  private final FileChannel channel;
  private final PageSize pageSize;

  private DatabaseFile(Path path, FileChannel channel, PageSize pageSize) {
    this.path = path;
    this.channel = channel;
    this.pageSize = pageSize;
  }

  static DatabaseFile open(Path path) throws IOException, CommandException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
        // Until the header is there, or the file's end.
      }
      int size = header.getShort(16) & 0xFFFF;
      int bytes = size == 1 ? 1 << 16 : size;
      boolean isDatabase =
          !header.hasRemaining()
              && Arrays.equals(header.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length);
      if (!isDatabase || !PageSize.isValid(bytes)) {
        throw new CommandException(ExitCode.USAGE, path + ": is not a SQLite database");
      }
      return new DatabaseFile(path, channel, new PageSize(bytes));
    } catch (IOException | CommandException e) {
      channel.close();
      throw e;
    }
  }

  PageSize pageSize() {
    return pageSize;
  }

  /// The size in pages.
  long pages() throws IOException, CommandException {
    long size = channel.size();
    if (size % pageSize.bytes() != 0) {
      throw new CommandException(
          ExitCode.CORRUPT,
          path + ": its " + size + " bytes are not whole pages of " + pageSize.bytes() + " bytes");
    }
    return size / pageSize.bytes();
  }

  void read(long pgno, byte[] page) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(page);
    long offset = pageSize.offsetOf(pgno);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException(path + ": became shorter while it was read");
      }
    }
  }

  /// The rolling checksum of all pages but the lock page.
  Checksum checksum() throws IOException, CommandException {
    long xor = 0;
    byte[] page = new byte[pageSize.bytes()];
    long pages = pages();
    for (long pgno = 1; pgno <= pages; pgno++) {
      if (!pageSize.isLockPage(pgno)) {
        read(pgno, page);
        xor ^= PageChecksum.of(pgno, page, 0, page.length);
      }
    }
    return Checksum.ofXor(xor);
  }

  /// Whether there is a WAL whose content is not, or may not be, in the file.
  static boolean hasWal(Path database) throws IOException {
    Path wal = sibling(database, "-wal");
    return Files.exists(wal) && Files.size(wal) > 0;
  }

  static Path sibling(Path database, String suffix) {
    return database.resolveSibling(database.getFileName() + suffix);
  }

  /// Says on stderr that the WAL is left out, if there is one.
  static void noteWal(Path database) throws IOException {
    if (hasWal(database)) {
      System.err.println(
          "tidemark: note: "
              + sibling(database, "-wal")
              + " is not looked at; checkpoint it first");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
