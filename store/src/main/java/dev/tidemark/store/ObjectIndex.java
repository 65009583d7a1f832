package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.DataFrame;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.ObjectKind;
import java.io.IOException;
import java.util.Optional;

/// Reads the index frame of a stored object with one ranged GET, nearly always.
public final class ObjectIndex {
  /// Asked for when the size is not known; more than the index frame of nearly every object.
  static final int TAIL_BYTES = 64 << 10;

  // Measured on 2 927 segments of real writers: an index frame takes 190 bytes, and 10 for each
  // transaction: 0.3 KiB at most in segments below 2 KiB, 14 % of one of 17 KiB with 240
  // transactions, 5.5 % of the largest ones, which have 10 000 transactions and 98 KiB of index
  // frame. Of a large LTX file it takes up to 6 bytes for each 256 KiB of pages: between a 900th of
  // an object that zstd packed 25 to 1 and a 130 000th of one that it could not pack.
  private static final int LEAST = 1 << 10;
  private static final int SEGMENT_SHARE = 8;
  private static final int SEGMENT_MAX = 128 << 10;
  private static final int COVER_SHARE = 512;

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
    return tail(store, key, firstRead(key, sizeHint)).map(Tail::index);
  }

  /// How many of the last bytes of an object hold its index frame nearly always. A listing may say
  /// any size; whatever is asked for is bounded, and if it was too little, there is a second read.
  static int firstRead(String key, long size) {
    if (size <= 0) {
      return TAIL_BYTES;
    }
    long share =
        key.startsWith(ObjectKey.LOG)
            ? Math.min(SEGMENT_MAX, LEAST + size / SEGMENT_SHARE)
            : Math.min(TAIL_BYTES, LEAST + size / COVER_SHARE);
    boolean isLarge = IndexFrame.tailBytes(size) > TAIL_BYTES;
    return (int) (isLarge ? Math.max(share, IndexFrame.tailBytes(size)) : share);
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

  /// Asks for so many bytes at first.
  static Optional<Tail> tail(ObjectStore store, String key, int firstRead)
      throws StoreException, DamagedLogException, InterruptedException {
    try {
      Optional<Slice> slice = store.get(key, new ByteRange.Last(firstRead));
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
