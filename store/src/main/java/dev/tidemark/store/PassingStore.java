package dev.tidemark.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Passes every call on to a store, for others to change some of them.
public class PassingStore implements ObjectStore {
  protected final ObjectStore store;

  public PassingStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    return store.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    store.put(key, body);
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    return store.get(key);
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    return store.get(key, range);
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
  public void delete(String key) throws StoreException, InterruptedException {
    store.delete(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    return store.deleteAll(keys);
  }

  @Override
  public StoreInsight insight() {
    return store.insight();
  }

  @Override
  public void close() {
    store.close();
  }
}
