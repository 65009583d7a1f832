package dev.tidemark.shipper;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A store that can be taken away as a whole, or for puts into the log only.
final class GatedStore implements ObjectStore {
  private final ObjectStore store;
  private volatile boolean away;
  private volatile boolean closedForSegments;

  GatedStore(ObjectStore store) {
    this.store = store;
  }

  void away(boolean now) {
    away = now;
  }

  void closedForSegments(boolean now) {
    closedForSegments = now;
  }

  private void pass() throws StoreException {
    if (away) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is away");
    }
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    pass();
    if (closedForSegments && key.startsWith("log/")) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, "no segments for now");
    }
    return store.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    pass();
    store.put(key, body);
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    pass();
    return store.get(key);
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    pass();
    return store.get(key, range);
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    pass();
    return store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    pass();
    return store.list(prefix, after);
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    pass();
    store.delete(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    pass();
    return store.deleteAll(keys);
  }

  @Override
  public void close() {
    store.close();
  }
}
