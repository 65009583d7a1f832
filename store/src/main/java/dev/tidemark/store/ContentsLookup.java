package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where the planner looks up what a listing does not show. For several threads.
@FunctionalInterface
public interface ContentsLookup {
  /// Empty: the object is absent, although it was listed. Damaged: it cannot be told.
  Optional<Contents> contents(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException;

  /// Index frames from a store, checked against key and database; the last few are remembered.
  static ContentsLookup of(ObjectStore store, Id128 databaseId) {
    int remembered = 32;
    Map<ObjectKey, Contents> recent =
        Collections.synchronizedMap(
            new LinkedHashMap<>(remembered, 0.75f, true) {
              @Override
              protected boolean removeEldestEntry(Map.Entry<ObjectKey, Contents> eldest) {
                return size() > remembered;
              }
            });
    return item -> {
      Contents known = recent.get(item.key());
      if (known != null) {
        return Optional.of(known);
      }
      Optional<ObjectIndex.Tail> tail = ObjectIndex.tail(store, item.key().text(), item.size());
      if (tail.isEmpty()) {
        return Optional.empty();
      }
      IndexFrame index = tail.get().index();
      ObjectIndex.check(item.key(), index, databaseId);
      Contents contents = Contents.of(index, tail.get().header());
      recent.put(item.key(), contents);
      return Optional.of(contents);
    };
  }
}
