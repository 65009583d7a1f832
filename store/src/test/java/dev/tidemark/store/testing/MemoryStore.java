package dev.tidemark.store.testing;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.KeyRule;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// A store in memory, for simulations: deterministic, and it keeps the contract.
public final class MemoryStore implements ObjectStore {
  private static final int PAGE = 1_000;

  private final ConcurrentSkipListMap<String, byte[]> objects =
      new ConcurrentSkipListMap<>(KeyRule.ORDER);

  private final Map<String, Instant> times = new ConcurrentHashMap<>();
  private final InstantSource clock;

  public MemoryStore() {
    this(InstantSource.system());
  }

  /// One with the time of a test.
  public MemoryStore(InstantSource clock) {
    this.clock = clock;
  }

  /// What is stored, by key; a test may damage it. What it adds here itself was stored at the
  /// epoch.
  public ConcurrentSkipListMap<String, byte[]> objects() {
    return objects;
  }

  /// A copy of an object, which must be there.
  public byte[] bytes(String key) {
    return found(key).orElseThrow().clone();
  }

  public MemoryStore copy() {
    MemoryStore copy = new MemoryStore(clock);
    copy.objects.putAll(objects);
    copy.times.putAll(times);
    return copy;
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
    byte[] bytes = bytes(key, body);
    Instant now = clock.instant();
    // Before and after: nobody sees the object without a time, and a delete meanwhile takes none.
    times.putIfAbsent(KeyRule.check(key), now);
    if (objects.putIfAbsent(key, bytes) != null) {
      return PutOutcome.PRESENT;
    }
    times.put(key, now);
    return PutOutcome.STORED;
  }

  @Override
  public void put(String key, Body body) throws StoreException {
    put(key, bytes(key, body));
  }

  /// Keeps these very bytes.
  public void put(String key, byte[] bytes) {
    times.put(KeyRule.check(key), clock.instant());
    objects.put(key, bytes);
  }

  private static byte[] bytes(String key, Body body) throws StoreException {
    try (InputStream in = body.open()) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length != body.size()) {
        throw new IOException("%d bytes of %d".formatted(bytes.length, body.size()));
      }
      return bytes;
    } catch (IOException e) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return found(key).map(bytes -> new StoredObject(bytes.length, new ByteArrayInputStream(bytes)));
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range) {
    return found(key)
        .map(bytes -> {
          int from = (int) range.from(bytes.length);
          int to = from + range.count(bytes.length);
          return new Slice(Arrays.copyOfRange(bytes, from, to), bytes.length);
        });
  }

  @Override
  public OptionalLong head(String key) {
    return found(key).map(bytes -> OptionalLong.of(bytes.length)).orElse(OptionalLong.empty());
  }

  private Optional<byte[]> found(String key) {
    return Optional.ofNullable(objects.get(KeyRule.check(key)));
  }

  @Override
  public ListPage list(String prefix, String after) {
    boolean afterPrefix = KeyRule.ORDER.compare(after, prefix) >= 0;
    String start = afterPrefix ? after : prefix;
    List<Listed> page = new ArrayList<>();
    for (var object : objects.tailMap(start, !afterPrefix).entrySet()) {
      if (!object.getKey().startsWith(prefix) || page.size() > PAGE) {
        break;
      }
      Instant storedAt = times.getOrDefault(object.getKey(), Instant.EPOCH);
      page.add(new Listed(object.getKey(), object.getValue().length, storedAt));
    }
    boolean more = page.size() > PAGE;
    return new ListPage(more ? page.subList(0, PAGE) : page, more);
  }

  @Override
  public void delete(String key) {
    objects.remove(KeyRule.check(key));
    times.remove(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys) {
    keys.forEach(KeyRule::check);
    keys.forEach(this::delete);
    return List.of();
  }

  @Override
  public void close() {
    // Keeps its objects: a test opens the same store again.
  }
}
