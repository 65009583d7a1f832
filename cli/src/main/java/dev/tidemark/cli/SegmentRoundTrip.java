package dev.tidemark.cli;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.store.Body;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreProbe;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.random.RandomGenerator;

/// Stores a segment of random pages beside the log, reads it back as a restore would, and removes
/// it.
final class SegmentRoundTrip {
  private static final int PAGES = 64;

  private final ObjectStore store;
  private final RandomGenerator random;

  SegmentRoundTrip(ObjectStore store, RandomGenerator random) {
    this.store = store;
    this.random = random;
  }

  StoreProbe.Check check() throws InterruptedException {
    String key = "doctor/" + Id128.random(random) + "/segment.ltx.zst";
    try {
      byte[] segment = RandomSegment.bytes(Id128.random(random), PAGES, random);
      store.putIfAbsent(key, Body.of(segment));
      try {
        read(key);
      } finally {
        store.delete(key);
      }
      return result(
          StoreProbe.Result.OK,
          "%d bytes came back and passed every check".formatted(segment.length));
    } catch (StoreException e) {
      boolean refused = e.kind() == StoreException.Kind.REFUSED;
      return result(
          refused ? StoreProbe.Result.FAILED : StoreProbe.Result.UNCLEAR,
          String.valueOf(e.getMessage()));
    } catch (DamagedLogException | IOException e) {
      return result(StoreProbe.Result.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static StoreProbe.Check result(StoreProbe.Result result, String detail) {
    return new StoreProbe.Check("segment", result, detail);
  }

  private void read(String key)
      throws StoreException, DamagedLogException, IOException, InterruptedException {
    IndexFrame index =
        ObjectIndex.read(store, key)
            .orElseThrow(() -> new IOException("a segment just stored is absent"));
    StoredObject object =
        store.get(key).orElseThrow(() -> new IOException("a segment just stored is absent"));
    try (object;
        ObjectReader reader = new ObjectReader(object.content(), index, 0, Runnable::run)) {
      reader.finish();
    }
  }
}
