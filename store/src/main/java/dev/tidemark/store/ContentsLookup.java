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
    return of(store, databaseId, 0);
  }

  /// As [#of(ObjectStore, Id128)]; and of small objects the header of the first LTX file, with the
  /// same read. For whoever wants to know that of every segment.
  static ContentsLookup withHeaders(ObjectStore store, Id128 databaseId) {
    return of(store, databaseId, ObjectIndex.TAIL_BYTES);
  }

  /// Reads at least so many bytes of each object.
  private static ContentsLookup of(ObjectStore store, Id128 databaseId, int least) {
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
      String key = item.key().text();
      int firstRead = Math.max(least, ObjectIndex.firstRead(key, item.size()));
      Optional<ObjectIndex.Tail> tail = ObjectIndex.tail(store, key, firstRead);
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
