package dev.tidemark.restore;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectScan;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.ReadAhead;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Holds a listing of the log to the segments that were proven before: each must be there, as large
/// as it was, and nothing else among them. What was lost and is there again is read again, and has
/// to be what it was. Memory does not depend on the length of the log.
final class LogSweep {
  private static final int PROBLEMS_MAX = 100;

  private final ObjectStore store;
  private final Id128 databaseId;
  private final ProvenObjects objects;
  private final Position end;
  private final List<ProofState.Lost> lostBefore;
  private final VerifyReport report = new VerifyReport();
  private final List<ProofState.Lost> lost = new ArrayList<>();
  private Optional<ObjectKey.Slot> missing = Optional.empty();

  /// `end`: where the last proven segment ends.
  LogSweep(
      ObjectStore store,
      Id128 databaseId,
      ProvenObjects objects,
      Position end,
      List<ProofState.Lost> lostBefore) {
    this.store = store;
    this.databaseId = databaseId;
    this.objects = objects;
    this.end = end;
    this.lostBefore = lostBefore;
  }

  /// Looks at the segments that begin after `floor`.
  void run(Txid floor)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    ProvenObjects.Cursor expected = objects.from(objects.upTo(floor));
    String after = ObjectKey.LOG + floor.next();
    for (boolean isMore = true; isMore; ) {
      ListPage page = store.list(ObjectKey.LOG, after);
      isMore = page.more() && !page.objects().isEmpty();
      for (Listed listed : page.objects()) {
        after = listed.key();
        Optional<ObjectKey> key = ObjectKey.parse(listed.key());
        if (key.isPresent() && key.get() instanceof ObjectKey.Slot slot) {
          if (slot.first().compareTo(end.txid()) > 0) {
            isMore = false;
            break;
          }
          present(slot, listed.size(), expected);
        }
      }
    }
    for (Optional<ProvenObjects.Row> row = expected.peek();
        row.isPresent();
        row = expected.peek()) {
      beginMissing(row.get().slot());
      expected.skip();
    }
    endMissing(end.txid().next());
  }

  private void present(ObjectKey.Slot slot, long size, ProvenObjects.Cursor expected)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    Optional<ProvenObjects.Row> row = expected.peek();
    while (row.isPresent() && row.get().slot().first().compareTo(slot.first()) < 0) {
      beginMissing(row.get().slot());
      expected.skip();
      row = expected.peek();
    }
    if (row.isEmpty() || !row.get().slot().equals(slot)) {
      Position from = row.map(r -> r.slot().start()).orElse(end);
      if (isRoom()) {
        report.lost(slot.text(), Losses.STRAY + from, slot.first(), Optional.empty());
      }
      return;
    }
    expected.skip();
    endMissing(slot.first());
    Txid next = expected.peek().map(r -> r.slot().first()).orElse(end.txid().next());
    if (size != row.get().size()) {
      lost(slot, "has %d bytes, %d were proven".formatted(size, row.get().size()), next);
    } else if (wasLost(slot)) {
      readAgain(row.get(), next);
    }
  }

  private void beginMissing(ObjectKey.Slot slot) {
    if (missing.isEmpty()) {
      missing = Optional.of(slot);
    }
  }

  /// A run of missing segments ends before `next`. A listing may be late, so one is asked for.
  private void endMissing(Txid next) throws StoreException, InterruptedException {
    if (missing.isPresent() && store.head(missing.get().text()).isEmpty()) {
      lost(missing.get(), "is missing", next);
    }
    missing = Optional.empty();
  }

  private boolean wasLost(ObjectKey.Slot slot) {
    return lostBefore.stream()
        .anyMatch(range ->
            slot.first().compareTo(range.before().txid()) > 0
                && slot.first().compareTo(range.last()) <= 0);
  }

  private void readAgain(ProvenObjects.Row row, Txid next)
      throws IOException, StoreException, ObjectGoneException, InterruptedException {
    Chain.Item item = new Chain.Item(row.slot(), row.size());
    try (ObjectScan scan =
        new ObjectScan(store, databaseId, List.of(item), ReadAhead.NONE, ReadListener.NONE)) {
      IndexFrame index = scan.next(item);
      scan.read(ObjectVisitor.NONE);
      if (!ProvenObjects.Row.of(row.slot(), row.size(), index).equals(row)) {
        lost(row.slot(), "is sound, but not the object that was proven", next);
      }
    } catch (DamagedLogException e) {
      lost(row.slot(), e.reason(), next);
    }
  }

  private void lost(ObjectKey.Slot slot, String problem, Txid next) {
    if (isRoom()) {
      report.lost(slot.text(), problem, slot.first(), Optional.of(next));
      lost.add(new ProofState.Lost(slot.start(), next.previous()));
    }
  }

  private boolean isRoom() {
    return report.problems().size() < PROBLEMS_MAX;
  }

  List<VerifyResult.Problem> problems() {
    return report.problems();
  }

  List<ProofState.Lost> lost() {
    return List.copyOf(lost);
  }
}
