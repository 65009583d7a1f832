package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.util.List;
import java.util.Optional;

/// Where the inputs of a merge are read from.
record InputLog(ObjectStore store, Id128 databaseId, ReadListener listener) {
  /// The index frame alone, held to its key and its database.
  IndexFrame index(Chain.Item item)
      throws StoreException, DamagedLogException, ObjectGoneException, InterruptedException {
    Optional<IndexFrame> index = ObjectIndex.read(store, item.key().text());
    if (index.isEmpty()) {
      throw new ObjectGoneException(item.key());
    }
    ObjectIndex.check(item.key(), index.get(), databaseId);
    return index.get();
  }

  ObjectScan scan(List<Chain.Item> items, ReadAhead ahead) {
    return new ObjectScan(store, databaseId, items, ahead, listener);
  }
}
