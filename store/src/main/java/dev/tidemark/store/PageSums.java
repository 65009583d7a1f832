package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The checksum of every page of a database state, and with them its rolling checksum: 8 bytes per
/// page instead of the page. Small tables live in memory, large ones in a mapped file that is gone
/// with the table. For one thread.
public final class PageSums implements PageSink, Closeable {
  private static final int CHUNK_ENTRIES = 1 << 17;
  private static final int CHUNK_BYTES = CHUNK_ENTRIES * Long.BYTES;
  private static final int HEAP_CHUNKS = 64;

  private final Path folder;
  private final Arena arena = Arena.ofShared();
  // By their number: a damaged page number takes one chunk, not all of those before it.
  private final SortedMap<Integer, MemorySegment> chunks = new TreeMap<>();
  private MemorySegment last = MemorySegment.NULL;
  private int lastChunk = -1;
  private Optional<FileChannel> file = Optional.empty();
  private long pages;
  private long xor;

  /// `folder` is where a large table puts its file.
  public PageSums(Path folder) {
    this.folder = folder;
  }

  @Override
  public void begin(Position target, PageSize pageSize, long pages) {
    truncate(0);
    this.pages = pages;
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) throws IOException {
    set(pgno, checksum);
  }

  /// The size of the database in pages; checksums above it are 0.
  public long pages() {
    return pages;
  }

  /// The page's checksum; 0 for the lock page and for one that was never set.
  public long get(long pgno) {
    return find(chunkOf(pgno)) ? last.getAtIndex(ValueLayout.JAVA_LONG, entryOf(pgno)) : 0;
  }

  public void set(long pgno, long checksum) throws IOException {
    int chunk = chunkOf(pgno);
    if (!find(chunk)) {
      chunks.put(chunk, newChunk());
      find(chunk);
    }
    long entry = entryOf(pgno);
    xor ^= last.getAtIndex(ValueLayout.JAVA_LONG, entry) ^ checksum;
    last.setAtIndex(ValueLayout.JAVA_LONG, entry, checksum);
    pages = Math.max(pages, pgno);
  }

  /// Sets the size; the checksums of pages above it are forgotten.
  public void truncate(long newPages) {
    for (var chunk : chunks.tailMap(chunkOf(newPages + 1)).entrySet()) {
      long before = (long) chunk.getKey() * CHUNK_ENTRIES;
      long end = Math.min(CHUNK_ENTRIES, pages - before);
      for (long entry = Math.max(0, newPages - before); entry < end; entry++) {
        xor ^= chunk.getValue().getAtIndex(ValueLayout.JAVA_LONG, entry);
        chunk.getValue().setAtIndex(ValueLayout.JAVA_LONG, entry, 0);
      }
    }
    pages = newPages;
  }

  /// The rolling checksum of all pages.
  public Checksum checksum() {
    return Checksum.ofXor(xor);
  }

  @Override
  public void close() throws IOException {
    if (arena.scope().isAlive()) {
      arena.close();
      chunks.clear();
      lastChunk = -1;
      if (file.isPresent()) {
        file.get().close();
      }
    }
  }

  private static int chunkOf(long pgno) {
    return Math.toIntExact((pgno - 1) / CHUNK_ENTRIES);
  }

  private static long entryOf(long pgno) {
    return (pgno - 1) % CHUNK_ENTRIES;
  }

  /// Whether there is such a chunk; it is the last one then.
  private boolean find(int chunk) {
    if (chunk != lastChunk) {
      MemorySegment found = chunks.get(chunk);
      if (found == null) {
        return false;
      }
      last = found;
      lastChunk = chunk;
    }
    return true;
  }

  private MemorySegment newChunk() throws IOException {
    if (chunks.size() < HEAP_CHUNKS) {
      return MemorySegment.ofArray(new long[CHUNK_ENTRIES]);
    }
    if (file.isEmpty()) {
      file =
          Optional.of(
              FileChannel.open(
                  Files.createTempFile(folder, ".tidemark-sums-", ""),
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.DELETE_ON_CLOSE));
    }
    long offset = (long) (chunks.size() - HEAP_CHUNKS) * CHUNK_BYTES;
    return file.get().map(FileChannel.MapMode.READ_WRITE, offset, CHUNK_BYTES, arena);
  }
}
