package dev.tidemark.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;

/// Pages on their way into a file: a page that comes twice is written once, neighbours are written
/// together. Owned by one thread at a time.
final class PageBatch {
  private static final int BYTES = 4 << 20;

  /// What direct writes need at most: the largest page.
  private static final int ALIGNMENT = 64 << 10;

  /// A run from this size on is worth a trip to the disk of its own; shorter ones are gathered by
  /// the page cache.
  private static final int BULK_BYTES = 1 << 20;

  private final int pageBytes;
  private final int capacity;
  private final ByteBuffer pages;
  private Optional<ByteBuffer> sorted = Optional.empty();
  private final long[] pgnos;

  /// Open addressing: index into `pgnos` + 1, 0 for a free place.
  private final int[] places;

  private int count;
  private boolean isAscending = true;

  /// `pages`: the size of the database, so that a small one takes little memory.
  PageBatch(int pageBytes, long pages) {
    this.pageBytes = pageBytes;
    this.capacity = (int) Math.max(1, Math.min(BYTES / pageBytes, pages));
    this.pages = allocate();
    this.pgnos = new long[capacity];
    this.places = new int[4 * Integer.highestOneBit(capacity)];
  }

  boolean isFull() {
    return count == capacity;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// Takes a copy of the page.
  void put(long pgno, byte[] page) {
    int place = (int) ((pgno * 0x9E37_79B9_7F4A_7C15L) >>> 32) & (places.length - 1);
    while (places[place] != 0 && pgnos[places[place] - 1] != pgno) {
      place = (place + 1) & (places.length - 1);
    }
    if (places[place] == 0) {
      isAscending &= count == 0 || pgnos[count - 1] < pgno;
      pgnos[count++] = pgno;
      places[place] = count;
    }
    pages.put((places[place] - 1) * pageBytes, page, 0, pageBytes);
  }

  /// Writes all pages to their places: long runs to `bulk`, the others to `file`, which is the
  /// same.
  void writeTo(FileChannel file, DirectFile bulk) throws IOException {
    ByteBuffer from = isAscending ? pages : sort();
    int start = 0;
    while (start < count) {
      int end = start + 1;
      while (end < count && pgnos[end] == pgnos[end - 1] + 1) {
        end++;
      }
      ByteBuffer run = from.slice(start * pageBytes, (end - start) * pageBytes);
      long offset = (pgnos[start] - 1) * pageBytes;
      if (run.remaining() >= BULK_BYTES) {
        bulk.write(run, offset, pageBytes);
      }
      while (run.hasRemaining()) {
        offset += file.write(run, offset);
      }
      start = end;
    }
  }

  void clear() {
    count = 0;
    isAscending = true;
    Arrays.fill(places, 0);
  }

  private ByteBuffer allocate() {
    return ByteBuffer.allocateDirect(capacity * pageBytes + 2 * ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .slice(0, capacity * pageBytes);
  }

  /// Brings page numbers and pages into ascending order.
  private ByteBuffer sort() {
    ByteBuffer into = sorted.orElseGet(this::allocate);
    sorted = Optional.of(into);
    // Page numbers have 32 bits and a batch at most 2^13 pages, so both fit into one long.
    long[] order = new long[count];
    for (int i = 0; i < count; i++) {
      order[i] = (pgnos[i] << 13) | i;
    }
    Arrays.sort(order);
    for (int i = 0; i < count; i++) {
      int from = (int) order[i] & ((1 << 13) - 1);
      into.put(i * pageBytes, pages, from * pageBytes, pageBytes);
      pgnos[i] = order[i] >>> 13;
    }
    return into;
  }
}
