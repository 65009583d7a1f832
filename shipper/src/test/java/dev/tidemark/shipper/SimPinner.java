package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.InstantSource;
import java.util.Optional;

/// Makes a pin at or above the boundary, as the rules have it: it is safe once the next boundary
/// record is there, too, with the position unchanged.
final class SimPinner {
  private static final int ATTEMPTS = 4;

  private final ObjectStore store;
  private final InstantSource clock;
  private final SimPromises promises;

  SimPinner(ObjectStore store, InstantSource clock, SimPromises promises) {
    this.store = store;
    this.clock = clock;
    this.promises = promises;
  }

  /// What became of it, in words.
  String pin(RecordName name, Position position) throws InterruptedException {
    try {
      Optional<Id128> id = Records.database(store).map(record -> record.databaseId());
      return id.isEmpty() ? "finds no log" : pin(name, position, id.get());
    } catch (StoreException | DamagedLogException e) {
      return "gives up: " + e.getMessage();
    }
  }

  private String pin(RecordName name, Position position, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    Records.createPin(store, new PinRecord(name, databaseId, position, clock.instant(), ""));
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<BoundaryRecord> last = Records.boundaryAfter(store, 0, databaseId);
      Position boundary = last.map(BoundaryRecord::position).orElse(Position.START);
      if (boundary.txid().compareTo(position.txid()) > 0) {
        Records.deletePin(store, name);
        return "is too late for " + position;
      }
      BoundaryRecord next =
          new BoundaryRecord(
              last.map(BoundaryRecord::number).orElse(0) + 1,
              databaseId,
              boundary,
              clock.instant());
      if (Records.putBoundary(store, next) == PutOutcome.STORED) {
        promises.pinned(name.value(), position);
        return "has pinned " + position;
      }
    }
    return "finds the record taken";
  }

  /// The same for a pin that is not needed any more.
  String unpin(RecordName name) throws InterruptedException {
    promises.unpinned(name.value());
    try {
      Records.deletePin(store, name);
      return "has removed " + name;
    } catch (StoreException e) {
      return "gives up: " + e.getMessage();
    }
  }
}
