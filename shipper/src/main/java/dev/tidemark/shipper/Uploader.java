package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.util.Optional;
import java.util.Set;

/// Puts segments into their slots. One attempt a call; the caller tries again, with the identical
/// bytes, until the answer is clear. At most one attempt at a time for a database.
final class Uploader {
  /// What an attempt came to.
  sealed interface Outcome {
    /// In the bucket, on the chain, proven.
    record Stored() implements Outcome {}

    /// Another writer went on: nothing more may be stored, or reported stored.
    record Fenced(String reason) implements Outcome {}

    /// Not known, or refused for now.
    record Failed(String reason) implements Outcome {}
  }

  private final ObjectStore store;
  private final StateFiles files;
  private final Id128 databaseId;
  private final Set<Id128> runs;
  private int knownBoundary;

  Uploader(
      ObjectStore store,
      StateFiles files,
      Id128 databaseId,
      Set<Id128> runs,
      Optional<BoundaryRecord> boundary) {
    this.store = store;
    this.files = files;
    this.databaseId = databaseId;
    this.runs = Set.copyOf(runs);
    this.knownBoundary = boundary.map(BoundaryRecord::number).orElse(0);
  }

  Outcome attempt(SpooledObject object) throws InterruptedException {
    try {
      if (store.putIfAbsent(object.slot().text(), object.body(files)) == PutOutcome.STORED) {
        return prove(object.slot());
      }
      return settle(object);
    } catch (StoreException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (DamagedLogException e) {
      return new Outcome.Fenced(e.getMessage() + "; check the log with tidemark verify");
    }
  }

  /// No clear answer, or a refusal: what lies in the slot decides.
  private Outcome settle(SpooledObject object)
      throws StoreException, DamagedLogException, InterruptedException {
    String key = object.slot().text();
    return switch (SlotVerdict.of(ObjectIndex.read(store, key), object.index(), runs)) {
      case SlotVerdict.Absent() -> new Outcome.Failed("no clear answer to the put of " + key);
      case SlotVerdict.Ours() -> prove(object.slot());
      case SlotVerdict.Foreign(String holder) ->
          new Outcome.Fenced("slot %s is held by %s".formatted(key, holder));
    };
  }

  /// A slot counts only if the boundary, read after it, is not past it.
  private Outcome prove(ObjectKey.Slot slot)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<BoundaryRecord> boundary = Records.boundaryAfter(store, knownBoundary, databaseId);
    if (boundary.isEmpty()) {
      return new Outcome.Stored();
    }
    if (boundary.get().position().txid().compareTo(slot.first()) >= 0) {
      return new Outcome.Fenced(
          "the log went on without this writer: the boundary is %s, past our slot %s"
              .formatted(boundary.get().position(), slot.text()));
    }
    knownBoundary = boundary.get().number();
    return new Outcome.Stored();
  }
}
