package dev.tidemark.store.probe;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.store.Body;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.Optional;

/// Stores a segment of random pages, and reads it back as a restore would.
final class SegmentTrial implements Trial {
  private static final int PAGES = 64;
  private static final String ABSENT = "a segment just stored is absent";

  private final ObjectStore store;
  private final ProbeFolder folder;

  SegmentTrial(ObjectStore store, ProbeFolder folder) {
    this.store = store;
    this.folder = folder;
  }

  @Override
  public Optional<String> run() throws StoreException, InterruptedException, IOException {
    String key = folder.key("segment.ltx.zst");
    Id128 database = Id128.random(folder.random());
    store.put(key, Body.of(RandomSegment.bytes(database, PAGES, folder.random())));
    try {
      return read(key);
    } catch (DamagedLogException | CorruptLtxException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> read(String key)
      throws StoreException, DamagedLogException, InterruptedException, IOException {
    Optional<IndexFrame> index = ObjectIndex.read(store, key);
    Optional<StoredObject> object = store.get(key);
    if (index.isEmpty() || object.isEmpty()) {
      return Optional.of(ABSENT);
    }
    try (StoredObject open = object.get();
        ObjectReader reader = new ObjectReader(open.content(), index.get(), 0, Runnable::run)) {
      reader.finish();
    }
    return Optional.empty();
  }
}
