package dev.tidemark.cli.ltx;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The pages of a database being written, with their rolling checksum kept up to date.
final class PageFile {
  private final FileChannel channel;
  private final Path name;
  private Optional<PageSize> pageSize = Optional.empty();
  private long pages;
  private long xor;

  PageFile(FileChannel channel, Path name) {
    this.channel = channel;
    this.name = name;
  }

  /// Begins with what the file holds.
  void adopt(Path file) throws IOException, CommandException {
    if (Files.size(file) == 0) {
      return;
    }
    try (DatabaseFile database = DatabaseFile.open(file)) {
      pageSize = Optional.of(database.pageSize());
      pages = database.pages();
      xor = database.checksum().value();
    }
  }

  /// Begins anew, with no pages.
  void clear(PageSize size) throws IOException {
    pageSize = Optional.of(size);
    pages = 0;
    xor = 0;
    channel.truncate(0);
  }

  boolean isEmpty() {
    return pages == 0;
  }

  Checksum checksum() {
    return isEmpty() ? Checksum.EMPTY : Checksum.ofXor(xor);
  }

  void check(PageSize size, Path ltx) throws CommandException {
    if (!pageSize.equals(Optional.of(size))) {
      throw new CommandException(
          ExitCode.FENCED,
          ltx
              + ": its pages have "
              + size.bytes()
              + " bytes, those of "
              + name
              + " have "
              + pageSize.map(PageSize::bytes).orElse(0)
              + "; apply a snapshot instead");
    }
  }

  void write(long pgno, byte[] page, long checksum) throws IOException {
    if (pgno <= pages) {
      forget(pgno, page.length);
    }
    xor ^= checksum;
    pages = Math.max(pages, pgno);
    long offset = new PageSize(page.length).offsetOf(pgno);
    ByteBuffer buffer = ByteBuffer.wrap(page);
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  /// Cuts the database to its new size, or lets the lock page be its last one.
  void resize(long commit) throws IOException {
    PageSize size = pageSize.orElseThrow();
    for (long pgno = commit + 1; pgno <= pages; pgno++) {
      if (!size.isLockPage(pgno)) {
        forget(pgno, size.bytes());
      }
    }
    pages = commit;
    long bytes = commit * size.bytes();
    if (channel.size() > bytes) {
      channel.truncate(bytes);
    } else if (channel.size() < bytes) {
      channel.write(ByteBuffer.allocate(1), bytes - 1);
    }
  }

  private void forget(long pgno, int bytes) throws IOException {
    ByteBuffer old = ByteBuffer.allocate(bytes);
    long offset = new PageSize(bytes).offsetOf(pgno);
    while (old.hasRemaining() && channel.read(old, offset + old.position()) >= 0) {
      // Pages that were jumped over read as zeros.
    }
    xor ^= PageChecksum.of(pgno, old.array(), 0, bytes);
  }
}
