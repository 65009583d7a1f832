package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.IOException;
import java.util.Optional;

/// The reads of a follower, by hand: the next slot, then the boundary, then it applies; past it, it
/// jumps. Each state it has shown to readers goes to the judge.
final class SimFollower implements Runnable {
  /// Takes what a reader of the follower sees.
  interface Readers {
    void see(Position position, byte[] file);
  }

  private final ObjectStore store;
  private final Readers readers;
  private Position position = Position.START;
  private byte[] file = {};
  private int boundary;

  SimFollower(ObjectStore store, Readers readers) {
    this.store = store;
    this.readers = readers;
  }

  Position position() {
    return position;
  }

  /// One look; as many slots as there are.
  @Override
  public void run() {
    try {
      Optional<Id128> databaseId = Records.database(store).map(record -> record.databaseId());
      while (databaseId.isPresent() && follow(databaseId.get())) {
        readers.see(position, file);
      }
    } catch (StoreException | IOException | DamagedLogException | PositionNotFoundException _) {
      // Nothing was applied; the next look tries again.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private boolean follow(Id128 databaseId)
      throws StoreException,
          IOException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    ObjectKey.Slot slot = ObjectKey.Slot.after(position);
    Optional<StoredObject> found = store.get(slot.text());
    Optional<BoundaryRecord> newer = Records.boundaryAfter(store, boundary, databaseId);
    if (newer.isPresent()) {
      boundary = newer.get().number();
      if (newer.get().position().txid().compareTo(slot.first()) >= 0) {
        return jump();
      }
    }
    if (found.isEmpty()) {
      return false;
    }
    byte[] bytes;
    try (var content = found.get().content()) {
      bytes = content.readAllBytes();
    }
    SimObject segment = SimObject.read(bytes);
    if (!segment.start().equals(position)
        || !segment.index().identity().databaseId().equals(databaseId)) {
      throw new IOException("not the next segment");
    }
    for (SimObject.Change change : segment.changes()) {
      file = change.applyTo(file);
    }
    position = segment.end();
    return true;
  }

  private boolean jump()
      throws StoreException,
          IOException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    SimImage image = new SimImage();
    Position there =
        new StateReader(store, 1, ReadListener.NONE)
            .read(new RestoreTarget.Latest(), image)
            .position();
    if (there.txid().compareTo(position.txid()) <= 0) {
      return false;
    }
    position = there;
    file = image.bytes();
    return true;
  }
}
