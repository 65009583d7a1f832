package dev.tidemark.store.testing;

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
import java.util.concurrent.atomic.AtomicLong;

/// A store to read from, that counts what is asked of it, and the bytes of objects (not of records)
/// that are read.
public final class CountingStore implements ObjectStore {
  private final ObjectStore store;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean away;
  private volatile String unlisted = "";
  private volatile String withheld = "";

  public CountingStore(ObjectStore store) {
    this.store = store;
  }

  public long requests() {
    return requests.get();
  }

  /// Since the last call.
  public long bytes() {
    return bytes.getAndSet(0);
  }

  public void away(boolean now) {
    away = now;
  }

  /// No listing shows this key from now on.
  public void leaveOut(String key) {
    unlisted = key;
  }

  /// This key is listed, and not there, from now on.
  public void withhold(String key) {
    withheld = key;
  }

  private void pass() throws StoreException {
    requests.incrementAndGet();
    if (away) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is away");
    }
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    pass();
    Optional<Slice> slice = key.equals(withheld) ? Optional.empty() : store.get(key, range);
    if (key.endsWith(".ltx.zst")) {
      slice.ifPresent(found -> bytes.addAndGet(found.bytes().length));
    }
    return slice;
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    pass();
    return store.get(key);
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    pass();
    return store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    pass();
    ListPage page = store.list(prefix, after);
    return new ListPage(
        page.objects().stream().filter(listed -> !listed.key().equals(unlisted)).toList(),
        page.more());
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) {
    throw new AssertionError("not to be stored: " + key);
  }

  @Override
  public void put(String key, Body body) {
    throw new AssertionError("not to be stored: " + key);
  }

  @Override
  public void delete(String key) {
    throw new AssertionError("not to be deleted: " + key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys) {
    throw new AssertionError("not to be deleted: " + keys);
  }

  @Override
  public void close() {}
}
