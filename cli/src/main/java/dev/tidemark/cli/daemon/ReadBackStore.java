package dev.tidemark.cli.daemon;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// A store to read from in the background: each read waits until the budget has its bytes, and as
/// long as was worked since the one before, so that at most half of a core is taken. It can store
/// and delete nothing. Closing it leaves the store open, which is the shipper's.
final class ReadBackStore implements ObjectStore {
  private static final long REST_NANOS_MAX = 250_000_000L;

  private final ObjectStore store;
  private final ProofBudget budget;
  private final Pauses pauses;
  private final AtomicLong answered = new AtomicLong();

  ReadBackStore(ObjectStore store, ProofBudget budget, Pauses pauses) {
    this.store = store;
    this.budget = budget;
    this.pauses = pauses;
    this.answered.set(pauses.nanos());
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    long worked = pauses.nanos() - answered.get();
    pauses.pause(Duration.ofNanos(Math.clamp(worked, 0, REST_NANOS_MAX)));
    int wanted =
        switch (range) {
          case ByteRange.Part part -> part.length();
          case ByteRange.Last last -> last.length();
        };
    for (Duration wait = budget.take(wanted, pauses.nanos());
        wait.isPositive();
        wait = budget.take(wanted, pauses.nanos())) {
      pauses.pause(wait);
    }
    int found = 0;
    try {
      Optional<Slice> slice = store.get(key, range);
      found = slice.map(read -> read.bytes().length).orElse(0);
      return slice;
    } finally {
      budget.giveBack(wanted - found);
      answered.set(pauses.nanos());
    }
  }

  @Override
  public Optional<StoredObject> get(String key) {
    throw new IllegalStateException("a proof reads parts: " + key);
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    return store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    return store.list(prefix, after);
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) {
    throw new IllegalStateException("a proof stores nothing: " + key);
  }

  @Override
  public void put(String key, Body body) {
    throw new IllegalStateException("a proof stores nothing: " + key);
  }

  @Override
  public void delete(String key) {
    throw new IllegalStateException("a proof deletes nothing: " + key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys) {
    throw new IllegalStateException("a proof deletes nothing: " + keys);
  }

  @Override
  public void close() {}
}
