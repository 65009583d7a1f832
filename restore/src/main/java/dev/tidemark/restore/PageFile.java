package dev.tidemark.restore;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.PageSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The database file that a restore writes. Pages are collected in batches; a thread of its own
/// writes a full batch while the next one is filled. Pages that never come, and the lock page, are
/// zeros.
final class PageFile implements PageSink, Closeable {
  private static final int BATCHES = 3;

  /// A batch that is being written.
  private record Write(PageBatch batch, Future<?> done) {}

  private final FileChannel file;
  private final DirectFile direct;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("tidemark-restore-write").daemon().factory());
  private final Deque<PageBatch> free = new ArrayDeque<>();
  private final Deque<Write> writes = new ArrayDeque<>();
  private int pageBytes;
  private long databasePages;
  private int batches;

  /// What is passed stays the caller's to close.
  PageFile(FileChannel file, DirectFile direct) {
    this.file = file;
    this.direct = direct;
  }

  @Override
  public void begin(Position target, PageSize pageSize, long pages) throws IOException {
    while (!writes.isEmpty()) {
      await();
    }
    file.truncate(0);
    pageBytes = pageSize.bytes();
    databasePages = pages;
    free.clear();
    free.add(new PageBatch(pageBytes, databasePages));
    batches = 1;
  }

  @Override
  public void page(long pgno, long checksum, byte[] page) throws IOException {
    PageBatch batch = free.getFirst();
    if (batch.isFull()) {
      write();
      batch = free.getFirst();
    }
    batch.put(pgno, page);
  }

  /// Everything is in the file, which has its final size, and on the disk.
  void finish() throws IOException {
    if (!free.getFirst().isEmpty()) {
      write();
    }
    while (!writes.isEmpty()) {
      await();
    }
    long bytes = databasePages * pageBytes;
    if (file.size() > bytes) {
      file.truncate(bytes);
    } else if (file.size() < bytes) {
      // The last page is the lock page, which nobody writes.
      file.write(ByteBuffer.allocate(1), bytes - 1);
    }
    file.force(true);
  }

  @Override
  public void close() {
    writer.shutdownNow();
    writer.close();
  }

  /// Hands the batch that was filled to the writer; the first free one is then empty.
  private void write() throws IOException {
    PageBatch batch = free.removeFirst();
    writes.add(
        new Write(
            batch,
            writer.submit(() -> {
              batch.writeTo(file, direct);
              return batch;
            })));
    if (free.isEmpty() && batches < BATCHES) {
      free.add(new PageBatch(pageBytes, databasePages));
      batches++;
    } else if (free.isEmpty()) {
      await();
    }
  }

  private void await() throws IOException {
    Write write = writes.removeFirst();
    try {
      write.done().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("writing pages", e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing");
    }
    write.batch().clear();
    free.addLast(write.batch());
  }
}
