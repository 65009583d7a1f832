package dev.tidemark.store.testing;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A store that is far away: each answer takes its time. Requests that are made at once are
/// answered at once.
public final class SlowStore extends PassingStore {
  private final Duration answer;

  public SlowStore(ObjectStore store, Duration answer) {
    super(store);
    this.answer = answer;
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    super.put(key, body);
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.get(key);
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.get(key, range);
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.list(prefix, after);
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    Thread.sleep(answer);
    super.delete(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    Thread.sleep(answer);
    return super.deleteAll(keys);
  }
}
