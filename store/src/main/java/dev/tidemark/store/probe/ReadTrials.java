package dev.tidemark.store.probe;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What comes back of what was put.
final class ReadTrials {
  private static final int LARGE_BYTES = 1 << 20;
  private static final List<ByteRange> RANGES =
      List.of(
          new ByteRange.Part(0, 1),
          new ByteRange.Part(4_000, 3_000),
          new ByteRange.Part(9_000, 5_000),
          new ByteRange.Part(10_000, 10),
          new ByteRange.Part(20_000, 1),
          new ByteRange.Last(1_000),
          new ByteRange.Last(50_000));
  private static final int RANGED_BYTES = 10_000;

  private final ObjectStore store;
  private final ProbeFolder folder;

  ReadTrials(ObjectStore store, ProbeFolder folder) {
    this.store = store;
    this.folder = folder;
  }

  Optional<String> overwrite() throws StoreException, InterruptedException, IOException {
    String key = folder.key("replaced");
    byte[] second = folder.bytes(50);
    store.put(key, folder.body(100));
    store.put(key, Body.of(second));
    return folder.holds(key, second)
        ? Optional.empty()
        : Optional.of("an older version is read after a put");
  }

  /// A writer must tell a free slot from a forbidden one.
  Optional<String> missing() throws StoreException, InterruptedException, IOException {
    String there = folder.key("there");
    byte[] bytes = folder.bytes(10);
    store.put(there, Body.of(bytes));
    if (!folder.holds(there, bytes)) {
      return Optional.of("an object just written is absent");
    }
    try {
      return store.head(folder.prefix() + "never-written").isEmpty()
          ? Optional.empty()
          : Optional.of("a key that was never written is found");
    } catch (StoreException e) {
      if (e.kind() != Kind.REFUSED) {
        throw e;
      }
      return Optional.of(
          "objects can be read, but a missing one is refused instead of absent: the right to list"
              + " is missing (s3:ListBucket on the bucket; if it is granted with a condition on"
              + " s3:prefix, that must be StringLikeIfExists): "
              + e.getMessage());
    }
  }

  Optional<String> ranges() throws StoreException, InterruptedException {
    String key = folder.key("ranges");
    byte[] all = folder.bytes(RANGED_BYTES);
    store.put(key, Body.of(all));
    for (ByteRange range : RANGES) {
      int from = (int) range.from(all.length);
      byte[] expected = Arrays.copyOfRange(all, from, from + range.count(all.length));
      Optional<Slice> slice = store.get(key, range);
      if (slice.isEmpty()) {
        return Optional.of("an object just written is absent");
      }
      if (slice.get().objectSize() != all.length || !Arrays.equals(slice.get().bytes(), expected)) {
        return Optional.of("%s of %d bytes came back wrong".formatted(range, all.length));
      }
    }
    return Optional.empty();
  }

  Optional<String> roundTrip() throws StoreException, InterruptedException, IOException {
    String key = folder.key("large");
    byte[] all = folder.bytes(LARGE_BYTES);
    store.put(key, Body.of(all));
    return folder.holds(key, all)
        ? Optional.empty()
        : Optional.of("the bytes read are not the bytes written");
  }
}
