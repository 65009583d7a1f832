package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.DataFrame;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.ObjectKind;
import java.io.IOException;
import java.util.Optional;

/// Reads the index frame of a stored object with one ranged GET (two for a very large one).
public final class ObjectIndex {
  /// Asked for when the size is not known; more than the index frame of nearly every object.
  private static final int TAIL_BYTES = 64 << 10;

  private ObjectIndex() {}

  /// Empty: the object is absent.
  public static Optional<IndexFrame> read(ObjectStore store, String key)
      throws StoreException, DamagedLogException, InterruptedException {
    return read(store, key, 0);
  }

  /// As [#read(ObjectStore, String)], with the size from a listing as a hint of how much to ask
  /// for.
  static Optional<IndexFrame> read(ObjectStore store, String key, long sizeHint)
      throws StoreException, DamagedLogException, InterruptedException {
    return tail(store, key, sizeHint).map(Tail::index);
  }

  /// What the end of an object tells: its index frame and, if that was all of it, the header of its
  /// only LTX file.
  record Tail(IndexFrame index, Optional<LtxHeader> header) {
    static Tail of(Slice slice) throws CorruptLtxException {
      IndexFrame index = IndexFrame.decode(slice.bytes(), slice.objectSize());
      if (index.fileCount() > 1 || slice.bytes().length < slice.objectSize()) {
        return new Tail(index, Optional.empty());
      }
      try {
        return new Tail(index, Optional.of(DataFrame.header(slice.bytes())));
      } catch (IOException _) {
        // Whoever reads the data says what is wrong with it.
        return new Tail(index, Optional.empty());
      }
    }
  }

  static Optional<Tail> tail(ObjectStore store, String key, long sizeHint)
      throws StoreException, DamagedLogException, InterruptedException {
    int tail = Math.max(TAIL_BYTES, IndexFrame.tailBytes(sizeHint));
    try {
      Optional<Slice> slice = store.get(key, new ByteRange.Last(tail));
      if (slice.isEmpty()) {
        return Optional.empty();
      }
      if (slice.get().bytes().length < Integer.BYTES) {
        throw new DamagedLogException(key, "is cut short");
      }
      long need = IndexFrame.frameBytes(slice.get().bytes());
      if (need > slice.get().bytes().length && need <= slice.get().objectSize()) {
        slice = store.get(key, new ByteRange.Last(Math.toIntExact(need)));
        if (slice.isEmpty()) {
          return Optional.empty();
        }
      }
      return Optional.of(Tail.of(slice.get()));
    } catch (CorruptLtxException e) {
      throw new DamagedLogException(key, e);
    }
  }

  /// The header of the first LTX file of an object. Empty: the object is absent.
  static Optional<LtxHeader> header(ObjectStore store, String key)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Slice> slice = store.get(key, new ByteRange.Part(0, DataFrame.HEADER_BYTES_MAX));
    if (slice.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DataFrame.header(slice.get().bytes()));
    } catch (CorruptLtxException e) {
      throw new DamagedLogException(key, e);
    } catch (IOException e) {
      throw new DamagedLogException(key, e.toString(), e);
    }
  }

  /// Holds an index frame to the key it was found under and to the database whose log it lies in.
  public static void check(ObjectKey key, IndexFrame index, Id128 databaseId)
      throws DamagedLogException {
    if (!index.identity().databaseId().equals(databaseId)) {
      throw new DamagedLogException(
          key.text(),
          "belongs to database " + index.identity().databaseId() + ", the log is " + databaseId);
    }
    ObjectKind kind =
        switch (key) {
          case ObjectKey.Slot _ -> ObjectKind.SEGMENT;
          case ObjectKey.Merged _ -> ObjectKind.MERGED;
          case ObjectKey.Snapshot _ -> ObjectKind.SNAPSHOT;
        };
    boolean agrees =
        index.identity().kind() == kind
            && switch (key) {
              case ObjectKey.Slot slot -> index.start().equals(slot.start());
              case ObjectKey.Merged merged ->
                  index.identity().first().equals(merged.first())
                      && index.end().equals(merged.end());
              case ObjectKey.Snapshot snapshot -> index.end().equals(snapshot.position());
            };
    if (!agrees) {
      throw new DamagedLogException(
          key.text(),
          "holds a %s from %s to %s, which is not what its key says"
              .formatted(index.identity().kind(), index.start(), index.end()));
    }
  }
}
