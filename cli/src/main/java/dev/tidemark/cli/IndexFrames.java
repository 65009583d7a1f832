package dev.tidemark.cli;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads the index frames of objects, in order, with a number of requests ahead. The store must
/// permit many threads.
final class IndexFrames {
  private static final int AHEAD_MAX = 16;

  /// Takes an object and what is in it; false: no more is wanted.
  interface Consumer {
    boolean accept(Chain.Item item, IndexFrame index) throws IOException, DamagedLogException;
  }

  private record Pending(Chain.Item item, Future<IndexFrame> index) {}

  private final ObjectStore store;
  private final Id128 databaseId;

  IndexFrames(ObjectStore store, Id128 databaseId) {
    this.store = store;
    this.databaseId = databaseId;
  }

  void forEach(List<Chain.Item> items, Consumer consumer)
      throws StoreException, DamagedLogException, IOException, InterruptedException {
    Deque<Pending> ahead = new ArrayDeque<>(AHEAD_MAX);
    ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    try {
      for (Chain.Item item : items) {
        if (ahead.size() == AHEAD_MAX && !deliver(ahead.remove(), consumer)) {
          return;
        }
        ahead.add(new Pending(item, readers.submit(() -> read(item))));
      }
      while (!ahead.isEmpty() && deliver(ahead.remove(), consumer)) {
        // Until all are delivered or no more is wanted.
      }
    } finally {
      readers.shutdownNow();
    }
  }

  private IndexFrame read(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException {
    String key = item.key().text();
    IndexFrame index =
        ObjectIndex.read(store, key)
            .orElseThrow(() -> new DamagedLogException(key, "was listed and is gone"));
    ObjectIndex.check(item.key(), index, databaseId);
    return index;
  }

  private static boolean deliver(Pending pending, Consumer consumer)
      throws StoreException, DamagedLogException, IOException, InterruptedException {
    try {
      return consumer.accept(pending.item(), pending.index().get());
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreException cause -> throw cause;
        case DamagedLogException cause -> throw cause;
        case null, default -> throw new IllegalStateException("reading an index frame died", e);
      }
    }
  }
}
