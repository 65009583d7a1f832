package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Counted;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the merged files and snapshots that are due, one after the other, until none is. What
/// cannot be made because an input is damaged or gone is planned again without it; what then still
/// cannot be made is left, and does not hold up the rest.
final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
  private static final int PUT_ATTEMPTS = 4;

  private final ObjectStore store;
  private final Id128 databaseId;
  private final Lookout lookout;
  private final DueMerges due;
  private final MergeJob job;
  private final ReadListener listener;
  private final List<MaintainReport.Made> made = new ArrayList<>();
  private final Set<Position> unknown = new HashSet<>();

  Compactor(
      ObjectStore store,
      Id128 databaseId,
      Lookout lookout,
      DueMerges due,
      MergeJob job,
      ReadListener listener) {
    this.store = store;
    this.databaseId = databaseId;
    this.lookout = lookout;
    this.due = due;
    this.job = job;
    this.listener = listener;
  }

  List<MaintainReport.Made> made() {
    return made;
  }

  /// Where merges were to end, and no transaction does.
  Set<Position> unknown() {
    return unknown;
  }

  void run()
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    for (List<Merge> some = due.look().merges(); !some.isEmpty(); some = due.look().merges()) {
      for (Merge merge : some) {
        if (!make(merge)) {
          break;
        }
      }
    }
  }

  /// False: what the plan was made from has changed.
  private boolean make(Merge merge)
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    Position end = merge.end();
    ObjectKey last = merge.inputs().getLast().key();
    boolean isCut = last instanceof ObjectKey.Slot && !endOf(merge).equals(Optional.of(end));
    try (MergedObject object =
        job.merge(merge.level(), merge.inputs(), isCut ? Optional.of(end) : Optional.empty())) {
      if (!stillCounts(merge)) {
        due.failed(merge);
        return false;
      }
      store(object);
      lookout.verified(object.key());
      due.made(object.key());
      made.add(
          new MaintainReport.Made(
              object.key(), merge.inputs().size(), merge.inputBytes(), object.size()));
      LOG.info("made {} of {}", object.key().text(), Counted.of(merge.inputs().size(), "object"));
      return true;
    } catch (PageSizeChangeException e) {
      if (!lookout.pageSizeChanges(e.key())) {
        due.failed(merge);
      }
    } catch (PositionNotFoundException e) {
      // The segment ends before the next key says, or a pin names a position that never was.
      LOG.warn("{}", e.getMessage());
      due.failed(merge);
      unknown.add(merge.end());
    } catch (DamagedLogException e) {
      due.failed(merge);
      learn(merge, e);
    } catch (ObjectGoneException e) {
      // Another maintainer was faster. The next look shows what it left.
      LOG.info("{}; looking again", e.getMessage());
      lookout.gone(e.key());
    }
    return false;
  }

  /// The end of the last input: known where the next slot begins, or from its index frame.
  private Optional<Position> endOf(Merge merge) throws StoreException, InterruptedException {
    Chain.Item last = merge.inputs().getLast();
    lookout.learn(List.of(last));
    return lookout.end(last);
  }

  /// A slot counts only if the boundary, read after it, is not past it: what lies below may have
  /// been put there by somebody who has lost it long ago.
  private boolean stillCounts(Merge merge)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<ObjectKey.Slot> first =
        merge.inputs().stream()
            .map(Chain.Item::key)
            .filter(ObjectKey.Slot.class::isInstance)
            .map(ObjectKey.Slot.class::cast)
            .findFirst();
    if (first.isEmpty()) {
      return true;
    }
    Optional<BoundaryRecord> boundary = lookout.boundary(databaseId);
    return boundary.isEmpty()
        || boundary.get().position().txid().compareTo(first.get().first()) < 0;
  }

  /// What is there already was made of the same, and is the same; unless it is damaged.
  private void store(MergedObject object)
      throws StoreException, DamagedLogException, ObjectGoneException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      PutOutcome outcome = store.putIfAbsent(object.key().text(), object.body());
      try {
        object.verifyStored(store, listener);
        return;
      } catch (DamagedLogException e) {
        if (attempt == PUT_ATTEMPTS) {
          throw e;
        }
        LOG.warn("{}; storing it again", e.getMessage());
        store.put(object.key().text(), object.body());
      } catch (ObjectGoneException e) {
        if (outcome == PutOutcome.STORED || attempt == PUT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// Where segments really end may show a hole; otherwise the object that was named is damaged.
  private void learn(Merge merge, DamagedLogException e)
      throws StoreException, InterruptedException {
    LOG.warn("{}", e.getMessage());
    lookout.learn(merge.inputs());
    Position at = merge.start();
    for (Chain.Item input : merge.inputs()) {
      if (input.key() instanceof ObjectKey.Slot slot && !slot.start().equals(at)) {
        return;
      }
      at = lookout.end(input).orElse(at);
    }
    ObjectKey.parse(e.key()).ifPresent(key -> lookout.damaged(key, e.reason()));
  }
}
