package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.PageSums;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What a table of page checksums held before the object that is being read changed it, so that an
/// object that fails, or a process that is killed in the middle of one, leaves the state before it.
///
/// Position and size of the table that it leads back to, then pairs of page number and checksum.
/// Each is written before the table is changed; nothing is synced, which is enough for a process
/// that dies.
final class UndoFile implements ProvenPages.Undo, Closeable {
  private static final int HEADER_BYTES = 3 * Long.BYTES;
  private static final int ENTRY_BYTES = 2 * Long.BYTES;
  private static final int ENTRIES = 1 << 10;

  private final FileChannel file;
  private final ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
  private long end;

  private UndoFile(FileChannel file) throws IOException {
    this.file = file;
    this.end = file.size();
  }

  static UndoFile open(Path path) throws IOException {
    return new UndoFile(
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /// An object that continues from this state begins.
  void begin(Position base, long pages) throws IOException {
    file.truncate(0);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(base.txid().value()).putLong(base.checksum().value()).putLong(pages).flip();
    write(header, 0);
    end = HEADER_BYTES;
  }

  @Override
  public void before(long pgno, long checksum) throws IOException {
    entry.clear().putLong(pgno).putLong(checksum).flip();
    write(entry, end);
    end += ENTRY_BYTES;
  }

  /// The changes count.
  void clear() throws IOException {
    file.truncate(0);
    end = 0;
  }

  /// Takes back what was begun at this state; what was begun elsewhere is done with.
  void rollBack(Position base, PageSums sums) throws IOException {
    if (end >= HEADER_BYTES) {
      ByteBuffer header = read(0, HEADER_BYTES);
      boolean isSame =
          header.getLong() == base.txid().value() && header.getLong() == base.checksum().value();
      if (isSame) {
        long pages = header.getLong();
        takeBack(sums);
        sums.truncate(pages);
      }
    }
    clear();
  }

  /// From the last entry to the first; one that was cut short changed nothing.
  private void takeBack(PageSums sums) throws IOException {
    long left = (end - HEADER_BYTES) / ENTRY_BYTES;
    while (left > 0) {
      int count = (int) Math.min(left, ENTRIES);
      left -= count;
      ByteBuffer entries = read(HEADER_BYTES + left * ENTRY_BYTES, count * ENTRY_BYTES);
      for (int i = count - 1; i >= 0; i--) {
        sums.set(entries.getLong(i * ENTRY_BYTES), entries.getLong(i * ENTRY_BYTES + Long.BYTES));
      }
    }
  }

  private void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
      // Until it is full, or the file ends.
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
