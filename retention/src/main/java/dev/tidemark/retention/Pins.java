package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PinRecords;
import dev.tidemark.store.Planner;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StoreException;
import java.time.InstantSource;
import java.util.Optional;

/// Positions with a name, which are never dropped.
///
/// A maintainer that has looked before the pin was there may be about to move the boundary past it.
/// So whoever sets one takes the next boundary record, with the position unchanged: then that
/// maintainer finds its number taken, and looks again. docs/retention.md has the argument.
public final class Pins {
  private static final int ATTEMPTS = 16;

  private final ObjectStore store;
  private final InstantSource clock;

  public Pins(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Keeps a position (none: that of the head) under a name. Answers the record that stands under
  /// the name: one with another position was there before, and nothing is changed.
  public PinRecord set(RecordName name, Optional<Position> at, String note)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Chain chain = chain();
    Id128 databaseId = chain.database().databaseId();
    Position position = restorable(chain, at);
    Optional<PinRecord> there = Records.pin(store, name, databaseId);
    PinRecord pin =
        there.isPresent()
            ? there.get()
            : Records.createPin(
                store, new PinRecord(name, databaseId, position, clock.instant(), note));
    if (!pin.position().equals(position)) {
      return pin;
    }
    if (holdBoundary(databaseId, position)) {
      restorable(chain(), Optional.of(position));
    }
    return pin;
  }

  public PinRecords list()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    return Records.allPins(store, chain().database().databaseId());
  }

  /// False: there is none of this name.
  public boolean remove(RecordName name)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    if (!isThere(name, chain().database().databaseId())) {
      return false;
    }
    Records.deletePin(store, name);
    return true;
  }

  /// One that cannot be understood is in everybody's way until it is removed.
  private boolean isThere(RecordName name, Id128 databaseId)
      throws StoreException, InterruptedException {
    try {
      return Records.pin(store, name, databaseId).isPresent();
    } catch (DamagedLogException _) {
      return true;
    }
  }

  private Chain chain()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Optional<Chain> chain = Chain.read(store);
    if (chain.isEmpty()) {
      throw new PositionNotFoundException(
          "there is no backup: no " + DatabaseRecord.KEY + " and no segment");
    }
    return chain.get();
  }

  /// The position, if something leads to it.
  private Position restorable(Chain chain, Optional<Position> at)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    RestoreTarget target =
        at.isPresent() ? new RestoreTarget.AtTxid(at.get().txid()) : new RestoreTarget.Latest();
    Planner planner = new Planner(chain, ContentsLookup.of(store, chain.database().databaseId()));
    Position found = planner.plan(target).target();
    if (at.isPresent() && !found.equals(at.get())) {
      throw new PositionNotFoundException(
          "the log has no position %s; transaction %s ends at %s"
              .formatted(at.get(), found.txid(), found));
    }
    return found;
  }

  /// True: the boundary is past the position already, so that a deletion may be under way.
  private boolean holdBoundary(Id128 databaseId, Position position)
      throws StoreException, DamagedLogException, InterruptedException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<BoundaryRecord> boundary = Records.boundaryAfter(store, 0, databaseId);
      Position at = boundary.map(BoundaryRecord::position).orElse(Position.START);
      if (at.txid().compareTo(position.txid()) > 0) {
        return true;
      }
      BoundaryRecord same =
          new BoundaryRecord(
              boundary.map(BoundaryRecord::number).orElse(0) + 1,
              databaseId,
              at,
              boundary.map(BoundaryRecord::created).orElse(clock.instant()));
      if (Records.putBoundary(store, same) == PutOutcome.STORED) {
        return false;
      }
    }
    throw new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "the pin is stored, but no boundary record after %d attempts; set it again"
            .formatted(ATTEMPTS));
  }
}
