package dev.tidemark.store.probe;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.Body;
import dev.tidemark.store.KeyRule;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/// The place where one probe tries things out. Every key it gives away is its own, and is removed
/// in the end.
final class ProbeFolder {
  private static final int DELETES_AT_ONCE = 8;

  private final ObjectStore raw;
  private final ObjectStore store;
  private final RandomGenerator random;
  private final String prefix;
  private final TreeSet<String> made = new TreeSet<>();

  /// `raw` is the store that `store` repeats requests to.
  ProbeFolder(ObjectStore raw, ObjectStore store, RandomGenerator random) {
    this.raw = raw;
    this.store = store;
    this.random = random;
    this.prefix = KeyRule.PROBES + Id128.random(random) + "/";
  }

  String prefix() {
    return prefix;
  }

  RandomGenerator random() {
    return random;
  }

  String key(String name) {
    String key = prefix + name;
    made.add(key);
    return key;
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  Body body(int count) {
    return Body.of(bytes(count));
  }

  /// Whether the object is there with exactly these bytes.
  boolean holds(String key, byte[] expected)
      throws StoreException, InterruptedException, IOException {
    Optional<StoredObject> object = store.get(key);
    if (object.isEmpty()) {
      return false;
    }
    try (StoredObject open = object.get()) {
      return Arrays.equals(open.content().readAllBytes(), expected);
    }
  }

  /// The keys that a listing shows below `under`, a part of the folder.
  List<String> listed(String under, String after) throws StoreException, InterruptedException {
    return store.list(prefix + under, after).objects().stream().map(Listed::key).toList();
  }

  /// Removes everything, also for a thread that was interrupted; what stays, in words. Several at a
  /// time, and each twice at most, since whoever interrupted does not wait for long.
  Optional<String> clean() {
    boolean interrupted = Thread.interrupted();
    Map<String, String> failures = delete(delete(made).keySet());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failures.values().stream()
        .findFirst()
        .map(why -> "%d objects stay under %s: %s".formatted(failures.size(), prefix, why));
  }

  /// What could not be deleted, and why.
  private Map<String, String> delete(Set<String> keys) {
    Map<String, String> failures = new ConcurrentSkipListMap<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(DELETES_AT_ONCE, Thread.ofVirtual().factory())) {
      for (String key : keys) {
        threads.execute(() -> delete(key).ifPresent(why -> failures.put(key, why)));
      }
    }
    return failures;
  }

  private Optional<String> delete(String key) {
    try {
      raw.delete(key);
      return Optional.empty();
    } catch (StoreException | RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      return Optional.of("interrupted");
    }
  }
}
