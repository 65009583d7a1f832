package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.store.Body;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What a merge made: an object that waits on the local disk to be stored. Closing it gives that
/// room back.
public final class MergedObject implements AutoCloseable {
  private final ObjectKey key;
  private final IndexFrame index;
  private final ScratchFile file;
  private final long bytesRead;

  MergedObject(ObjectKey key, IndexFrame index, ScratchFile file, long bytesRead) {
    this.key = key;
    this.index = index;
    this.file = file;
    this.bytesRead = bytesRead;
  }

  public ObjectKey key() {
    return key;
  }

  public IndexFrame index() {
    return index;
  }

  public long size() {
    return file.size();
  }

  /// The object's bytes, until it is closed.
  public Body body() {
    return new Body() {
      @Override
      public long size() {
        return file.size();
      }

      @Override
      public InputStream open() {
        return file.input();
      }
    };
  }

  /// What was read from the store for it.
  public long bytesRead() {
    return bytesRead;
  }

  /// Reads what is stored under the key to its end, checks all of it, and that it is what was made:
  /// as it must be, too, if somebody else stored it. When this returns, it may take the place of
  /// what it was made of.
  public void verifyStored(ObjectStore store, ReadListener listener)
      throws StoreException, DamagedLogException, ObjectGoneException, InterruptedException {
    Id128 databaseId = index.identity().databaseId();
    Chain.Item item = new Chain.Item(key, file.size());
    try (ObjectScan scan =
        new ObjectScan(store, databaseId, List.of(item), ReadAhead.NONE, listener)) {
      byte[] stored = scan.next(item).digest();
      scan.read(ObjectVisitor.NONE);
      if (!Arrays.equals(stored, index.digest())) {
        HexFormat hex = HexFormat.of();
        throw new DamagedLogException(
            key.text(),
            "has the digest %s, what was made for it has %s"
                .formatted(hex.formatHex(stored), hex.formatHex(index.digest())));
      }
    } catch (IOException e) {
      throw new IllegalStateException("nothing is visited", e);
    }
  }

  /// Harmless when called twice.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
