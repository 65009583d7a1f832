package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Reads whole objects one after the other and checks all of each: key, database, digest, sizes,
/// file checksums, headers. Downloads and decodes ahead of the caller. An object that fails does
/// not end the scan. For one thread.
public final class ObjectScan implements AutoCloseable {
  /// A visitor's own failure, told apart from damage.
  private static final class VisitorException extends IOException {
    private final IOException failure;

    VisitorException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private final Id128 databaseId;
  private final ObjectFetch fetch;
  private final ReadListener listener;
  private final int framesAhead;
  private final Optional<ExecutorService> decoders;
  private Optional<ObjectFetch.Fetched> begun = Optional.empty();

  /// `parallelism` parts of at most 8 MiB are on their way at once.
  public ObjectScan(
      ObjectStore store,
      Id128 databaseId,
      List<Chain.Item> items,
      int parallelism,
      ReadListener listener) {
    this(store, databaseId, items, ReadAhead.ofParts(parallelism), listener);
  }

  public ObjectScan(
      ObjectStore store,
      Id128 databaseId,
      List<Chain.Item> items,
      ReadAhead ahead,
      ReadListener listener) {
    this.databaseId = databaseId;
    this.fetch = new ObjectFetch(store, items, ahead, listener);
    this.listener = listener;
    this.framesAhead = ahead.frames();
    this.decoders = framesAhead == 0 ? Optional.empty() : Optional.of(decoders(framesAhead));
  }

  private static ExecutorService decoders(int framesAhead) {
    return Executors.newFixedThreadPool(
        Math.min(framesAhead, Runtime.getRuntime().availableProcessors()),
        Thread.ofPlatform().name("tidemark-decode-", 0).daemon().factory());
  }

  /// Begins the next object, held to its key and its database; answers its index frame.
  public IndexFrame next(Chain.Item item)
      throws StoreException, DamagedLogException, ObjectGoneException, InterruptedException {
    try {
      begun = Optional.empty();
      ObjectFetch.Fetched object = fetch.next(item);
      ObjectIndex.check(item.key(), object.index(), databaseId);
      begun = Optional.of(object);
      return object.index();
    } catch (IOException e) {
      throw translate(item, e);
    }
  }

  /// Reads the object that was begun to its end. When this returns, all of it is proven. An
  /// [IOException] is the visitor's.
  public void read(ObjectVisitor visitor)
      throws IOException,
          StoreException,
          DamagedLogException,
          ObjectGoneException,
          InterruptedException {
    ObjectFetch.Fetched current =
        begun.orElseThrow(() -> new IllegalStateException("no object is begun"));
    begun = Optional.empty();
    try (ObjectReader reader =
        new ObjectReader(
            current.content(),
            current.index(),
            framesAhead,
            decoders.<Executor>map(threads -> threads).orElse(Runnable::run))) {
      for (int i = 0; reader.nextFile(); i++) {
        visit(i, reader.file(), visitor);
      }
      reader.finish();
    } catch (VisitorException e) {
      throw e.failure;
    } catch (IOException e) {
      throw translate(current.item(), e);
    }
    listener.read(current.item());
  }

  @Override
  public void close() {
    fetch.close();
    decoders.ifPresent(ExecutorService::shutdownNow);
    decoders.ifPresent(ExecutorService::close);
  }

  private static void visit(int i, LtxReader file, ObjectVisitor visitor) throws IOException {
    // A visitor that writes files may fail in ways that are no damage to the object.
    if (!begin(i, visitor)) {
      return;
    }
    while (file.next()) {
      try {
        visitor.page(file.pgno(), file.pageChecksum(), file.page());
      } catch (IOException e) {
        throw new VisitorException(e);
      }
    }
    try {
      visitor.endFile(i);
    } catch (IOException e) {
      throw new VisitorException(e);
    }
  }

  private static boolean begin(int i, ObjectVisitor visitor) throws IOException {
    try {
      return visitor.beginFile(i);
    } catch (IOException e) {
      throw new VisitorException(e);
    }
  }

  /// What a failure of the object's stream means. It answers the damage, and throws anything else.
  private static DamagedLogException translate(Chain.Item item, IOException failure)
      throws StoreException, ObjectGoneException, InterruptedException {
    return switch (failure) {
      case ObjectFetch.FetchException e -> throw e.failure();
      case ObjectFetch.GoneException _ -> throw new ObjectGoneException(item.key());
      case InterruptedIOException _ -> {
        // The exception takes the place of the thread's mark.
        Thread.interrupted();
        throw new InterruptedException("interrupted while reading " + item.key().text());
      }
      case CorruptLtxException e -> new DamagedLogException(item.key().text(), e);
      default ->
          new DamagedLogException(
              item.key().text(), "cannot be decoded: " + failure.getMessage(), failure);
    };
  }
}
