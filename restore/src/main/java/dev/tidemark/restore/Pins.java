package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PinRecord;
import dev.tidemark.store.PinRecords;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The pins as they were before the log was listed, so that what they keep must be in that listing.
final class Pins {
  private final ObjectStore store;
  private final PinRecords records;

  private Pins(ObjectStore store, PinRecords records) {
    this.store = store;
    this.records = records;
  }

  static Pins read(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<DatabaseRecord> database = Records.database(store);
    return new Pins(
        store,
        database.isPresent()
            ? Records.allPins(store, database.get().databaseId())
            : new PinRecords(List.of(), List.of()));
  }

  /// The transactions that are pinned.
  Set<Txid> txids() {
    return records.readable().stream()
        .map(pin -> pin.position().txid())
        .collect(Collectors.toSet());
  }

  /// Tells which of them keep nothing.
  void tell(Chain chain, Reach reach, Losses losses, VerifyReport report)
      throws StoreException, InterruptedException {
    records.unreadable().forEach(pin -> report.problem(pin.key(), pin.reason()));
    for (PinRecord pin : records.readable()) {
      if (!reach.contains(pin.position()) && isStill(pin)) {
        report.lost(
            pin.name().pinKey(),
            problem(pin.position(), chain.start(), losses),
            pin.position().toString());
      }
    }
  }

  /// Whoever lets go of a pin may find its position gone soon after.
  private boolean isStill(PinRecord pin) throws StoreException, InterruptedException {
    try {
      return Records.pin(store, pin.name(), pin.databaseId()).equals(Optional.of(pin));
    } catch (DamagedLogException _) {
      return false;
    }
  }

  /// Below the boundary nobody knows which transactions there were.
  private static String problem(Position pinned, Position boundary, Losses losses) {
    boolean isBelow = pinned.txid().compareTo(boundary.txid()) < 0;
    return isBelow || pinned.equals(boundary) || losses.has(pinned.txid())
        ? "nothing that is stored leads to " + pinned + " any more"
        : "no transaction of the log ends at " + pinned;
  }
}
