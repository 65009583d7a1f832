package dev.tidemark.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Looks up a list of objects, the next ones while one is still waited for. Asked for each item of
/// the list, in its order, by one thread.
public final class Lookahead implements ContentsLookup, AutoCloseable {
  private static final int AHEAD_MAX = 16;

  private final ContentsLookup lookup;
  private final Iterator<Chain.Item> items;
  private final int atOnce;
  private final Deque<Future<Optional<Contents>>> ahead = new ArrayDeque<>(AHEAD_MAX);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  public Lookahead(ContentsLookup lookup, List<Chain.Item> items) {
    this(lookup, items, AHEAD_MAX);
  }

  /// With at most so many look-ups at once.
  public Lookahead(ContentsLookup lookup, List<Chain.Item> items, int atOnce) {
    this.lookup = lookup;
    this.items = items.iterator();
    this.atOnce = atOnce;
  }

  @Override
  public Optional<Contents> contents(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException {
    while (ahead.size() < atOnce && items.hasNext()) {
      Chain.Item next = items.next();
      ahead.add(threads.submit(() -> lookup.contents(next)));
    }
    try {
      return ahead.remove().get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreException failed -> throw failed;
        case DamagedLogException damaged -> throw damaged;
        case InterruptedException interrupted -> throw interrupted;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
