package dev.tidemark.restore;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/// A log whose maintainer moves the boundary and deletes what lies below, just after a reader has
/// listed and fetched its first objects.
final class ReplacingStore implements ObjectStore {
  private static final int READS_BEFORE = 3;

  private final TestLog log;
  private final AtomicInteger reads = new AtomicInteger();

  ReplacingStore(TestLog log) {
    this.log = log;
  }

  boolean isReplaced() {
    return reads.get() >= READS_BEFORE;
  }

  private synchronized void read(String key) throws StoreException, InterruptedException {
    if (!key.startsWith(ObjectKey.LOG) || reads.incrementAndGet() != READS_BEFORE) {
      return;
    }
    int boundary = log.cuts.get(log.cuts.size() - 3);
    try {
      log.builder.merged(1, 1, boundary);
      log.builder.boundary(1, boundary);
    } catch (IOException e) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, "merging", e);
    }
    for (String slot : List.copyOf(log.store.objects().keySet())) {
      if (slot.startsWith("log/") && Long.parseLong(slot.substring(4, 20), 16) <= boundary) {
        log.store.delete(slot);
      }
    }
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    read(key);
    return log.store.get(key, range);
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return log.store.get(key);
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
    return log.store.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException {
    log.store.put(key, body);
  }

  @Override
  public OptionalLong head(String key) {
    return log.store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) {
    return log.store.list(prefix, after);
  }

  @Override
  public void delete(String key) {
    log.store.delete(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys) {
    return log.store.deleteAll(keys);
  }

  @Override
  public void close() {}
}
