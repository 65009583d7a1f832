package dev.tidemark.restore;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The segments that were proven, in a file, 40 bytes each in the order of the log: what a later
/// listing must show. What lies beyond the proven position, after a kill, does not count.
final class ProvenObjects implements Closeable {
  private static final int ROW_BYTES = 40;
  private static final int ROWS = 1 << 10;

  /// A segment: its slot, its size, the first half of its SHA-256.
  record Row(ObjectKey.Slot slot, long size, long digest, long digestRest) {
    static Row of(ObjectKey.Slot slot, long size, IndexFrame index) {
      ByteBuffer digest = ByteBuffer.wrap(index.digest());
      return new Row(slot, size, digest.getLong(), digest.getLong());
    }
  }

  private final Path path;
  private FileChannel file;
  private long rows;

  private ProvenObjects(Path path) throws IOException {
    this.path = path;
    this.file = channel(path);
    this.rows = file.size() / ROW_BYTES;
  }

  /// The rows of segments that begin at `end` or before.
  static ProvenObjects open(Path path, Position end) throws IOException {
    ProvenObjects objects = new ProvenObjects(path);
    while (objects.rows > 0
        && objects.row(objects.rows - 1).slot().first().compareTo(end.txid()) > 0) {
      objects.rows--;
    }
    objects.file.truncate(objects.rows * ROW_BYTES);
    return objects;
  }

  private static FileChannel channel(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  void clear() throws IOException {
    rows = 0;
    file.truncate(0);
  }

  boolean isRow(long i) {
    return i >= 0 && i < rows;
  }

  void removeLast() throws IOException {
    rows--;
    file.truncate(rows * ROW_BYTES);
  }

  void add(Row row) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ROW_BYTES);
    put(row, bytes);
    write(file, bytes.flip(), rows * ROW_BYTES);
    rows++;
  }

  private static void write(FileChannel to, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += to.write(bytes, at);
    }
  }

  private static void put(Row row, ByteBuffer into) {
    into.putLong(row.slot().first().value())
        .putLong(row.slot().before().value())
        .putLong(row.size())
        .putLong(row.digest())
        .putLong(row.digestRest());
  }

  Row row(long i) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ROW_BYTES);
    read(bytes, i * ROW_BYTES);
    return get(bytes.flip());
  }

  private void read(ByteBuffer bytes, long offset) throws IOException {
    while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
      // Until it is full, or the file ends.
    }
  }

  private static Row get(ByteBuffer bytes) {
    return new Row(
        new ObjectKey.Slot(new Txid(bytes.getLong()), new Checksum(bytes.getLong())),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong());
  }

  /// The number of segments that begin before this transaction or with it.
  long upTo(Txid txid) throws IOException {
    long low = 0;
    long high = rows;
    while (low < high) {
      long mid = (low + high) >>> 1;
      if (row(mid).slot().first().compareTo(txid) <= 0) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    return low;
  }

  /// All segments from `first` on, in order.
  Cursor from(long first) {
    return new Cursor(first);
  }

  /// Forgets the segments before `first`.
  void dropBefore(long first) throws IOException {
    Path beside = path.resolveSibling(path.getFileName() + ".partial");
    Files.deleteIfExists(beside);
    FileChannel shorter = channel(beside);
    try {
      ByteBuffer some = ByteBuffer.allocate(ROWS * ROW_BYTES);
      for (long at = first; at < rows; at += ROWS) {
        some.clear().limit((int) Math.min(ROWS, rows - at) * ROW_BYTES);
        read(some, at * ROW_BYTES);
        write(shorter, some.flip(), (at - first) * ROW_BYTES);
      }
      Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      shorter.close();
      throw e;
    }
    file.close();
    file = shorter;
    rows -= first;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /// Reads on, some rows at a time.
  final class Cursor {
    private final ByteBuffer some = ByteBuffer.allocate(ROWS * ROW_BYTES).limit(0);
    private long next;
    private Optional<Row> head = Optional.empty();

    private Cursor(long first) {
      next = first;
    }

    /// The next segment, which stays the next; empty at the end.
    Optional<Row> peek() throws IOException {
      if (head.isEmpty() && next < rows) {
        if (!some.hasRemaining()) {
          some.clear().limit((int) Math.min(ROWS, rows - next) * ROW_BYTES);
          read(some, next * ROW_BYTES);
          some.flip();
        }
        head = Optional.of(get(some));
        next++;
      }
      return head;
    }

    void skip() {
      head = Optional.empty();
    }
  }
}
