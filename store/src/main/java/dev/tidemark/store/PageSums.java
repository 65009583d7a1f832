package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The checksum of every page of a database state, and with them its rolling checksum: 8 bytes per
/// page instead of the page. Small tables live in memory, large ones in a mapped file that is gone
/// with the table; or all of it in a file that stays. For one thread.
public final class PageSums implements PageSink, Closeable {
  private static final int CHUNK_ENTRIES = 1 << 17;
  private static final int HEAP_CHUNKS = 64;

  /// Smaller in a file that stays, since there is one for each database.
  private static final int KEPT_CHUNK_ENTRIES = 1 << 14;

  private final Path folder;
  private final int chunkEntries;
  private final int heapChunks;
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
    this(folder, CHUNK_ENTRIES, HEAP_CHUNKS);
  }

  private PageSums(Path folder, int chunkEntries, int heapChunks) {
    this.folder = folder;
    this.chunkEntries = chunkEntries;
    this.heapChunks = heapChunks;
  }

  /// A table of `pages` pages in a file that stays, made if it is missing. What was set reaches the
  /// file even if the process is killed; nothing is synced. Whatever is found in it counts for the
  /// rolling checksum, that of pages above `pages` too: if it is not the expected one, the file is
  /// of no use.
  public static PageSums open(Path file, long pages) throws IOException {
    PageSums sums = new PageSums(file, KEPT_CHUNK_ENTRIES, 0);
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      sums.file = Optional.of(channel);
      long chunkBytes = (long) KEPT_CHUNK_ENTRIES * Long.BYTES;
      long size = channel.size();
      for (int number = 0; number * chunkBytes < size; number++) {
        MemorySegment chunk = sums.newChunk(number);
        sums.chunks.put(number, chunk);
        for (int i = 0; i < KEPT_CHUNK_ENTRIES; i++) {
          sums.xor ^= chunk.getAtIndex(ValueLayout.JAVA_LONG, i);
        }
      }
    } catch (IOException | RuntimeException e) {
      sums.close();
      throw e;
    }
    sums.pages = pages;
    return sums;
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
      chunks.put(chunk, newChunk(chunk));
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
      long before = (long) chunk.getKey() * chunkEntries;
      long end = Math.min(chunkEntries, pages - before);
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

  private int chunkOf(long pgno) {
    return Math.toIntExact((pgno - 1) / chunkEntries);
  }

  private long entryOf(long pgno) {
    return (pgno - 1) % chunkEntries;
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

  /// In a file that stays a chunk has the place of its number, else the next free one.
  private MemorySegment newChunk(int number) throws IOException {
    if (chunks.size() < heapChunks) {
      return MemorySegment.ofArray(new long[chunkEntries]);
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
    long bytes = (long) chunkEntries * Long.BYTES;
    long offset = (heapChunks == 0 ? number : chunks.size() - heapChunks) * bytes;
    fill(file.get(), offset + bytes);
    return file.get().map(FileChannel.MapMode.READ_WRITE, offset, bytes, arena);
  }

  /// By real zeros: a full disk must be an error here, not a fault on a later store to the mapping.
  private static void fill(FileChannel file, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    for (long at = file.size(); at < bytes; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
      at += file.write(zeros, at);
    }
  }
}
