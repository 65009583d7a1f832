package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Reads whole objects one after the other and checks all of each: key, database, digest, sizes,
/// file checksums, headers. Downloads and decodes ahead of the caller. An object that fails does
/// not end the scan. For one thread.
public final class ObjectScan implements AutoCloseable {
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
      throw new UnreadableObjectException(item.key(), e).damage();
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
    try (ScannedObject object = open()) {
      for (int i = 0; object.nextFile(); i++) {
        visit(i, object, visitor);
      }
      object.finish();
    } catch (UnreadableObjectException e) {
      throw e.damage();
    }
  }

  /// The object that was begun, to be read at the caller's own pace, and before the next one.
  public ScannedObject open() {
    ObjectFetch.Fetched current =
        begun.orElseThrow(() -> new IllegalStateException("no object is begun"));
    begun = Optional.empty();
    return new ScannedObject(
        current,
        framesAhead,
        decoders.<Executor>map(threads -> threads).orElse(Runnable::run),
        listener);
  }

  @Override
  public void close() {
    fetch.close();
    decoders.ifPresent(ExecutorService::shutdownNow);
    decoders.ifPresent(ExecutorService::close);
  }

  private static void visit(int i, ScannedObject file, ObjectVisitor visitor) throws IOException {
    if (!visitor.beginFile(i)) {
      return;
    }
    while (file.next()) {
      visitor.page(file.pgno(), file.pageChecksum(), file.page());
    }
    visitor.endFile(i);
  }
}
