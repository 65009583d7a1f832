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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The checksum of every page of a database state, and with them its rolling checksum: 8 bytes per
/// page instead of the page. Small tables live in memory, large ones in a mapped file that is gone
/// with the table. For one thread.
public final class PageSums implements PageSink, Closeable {
  private static final int CHUNK_ENTRIES = 1 << 17;
  private static final int CHUNK_BYTES = CHUNK_ENTRIES * Long.BYTES;
  private static final int HEAP_CHUNKS = 64;

  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> chunks = new ArrayList<>();
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
    int chunk = chunkOf(pgno);
    return chunk < chunks.size()
        ? chunks.get(chunk).getAtIndex(ValueLayout.JAVA_LONG, entryOf(pgno))
        : 0;
  }

  public void set(long pgno, long checksum) throws IOException {
    int chunk = chunkOf(pgno);
    while (chunk >= chunks.size()) {
      chunks.add(newChunk());
    }
    MemorySegment entries = chunks.get(chunk);
    long entry = entryOf(pgno);
    xor ^= entries.getAtIndex(ValueLayout.JAVA_LONG, entry) ^ checksum;
    entries.setAtIndex(ValueLayout.JAVA_LONG, entry, checksum);
    pages = Math.max(pages, pgno);
  }

  /// Sets the size; the checksums of pages above it are forgotten.
  public void truncate(long newPages) {
    for (long pgno = newPages + 1; pgno <= pages; pgno++) {
      int chunk = chunkOf(pgno);
      if (chunk >= chunks.size()) {
        break;
      }
      xor ^= get(pgno);
      chunks.get(chunk).setAtIndex(ValueLayout.JAVA_LONG, entryOf(pgno), 0);
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
