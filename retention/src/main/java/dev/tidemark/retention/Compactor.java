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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private final MergeJob job;
  private final InstantSource clock;
  private final ReadListener listener;
  private final List<MaintainReport.Made> made = new ArrayList<>();
  private final Set<Merge> failed = new HashSet<>();
  private final Set<Position> unknown = new HashSet<>();
  private final Map<ObjectKey, Instant> times = new HashMap<>();
  private Optional<Position> firstHead = Optional.empty();

  Compactor(
      ObjectStore store,
      Id128 databaseId,
      Lookout lookout,
      Path scratch,
      MergeLimits limits,
      InstantSource clock,
      ReadListener listener) {
    this.store = store;
    this.databaseId = databaseId;
    this.lookout = lookout;
    this.job = new MergeJob(store, databaseId, scratch, limits, listener);
    this.clock = clock;
    this.listener = listener;
  }

  List<MaintainReport.Made> made() {
    return made;
  }

  /// Where merges were to end, and no transaction does.
  Set<Position> unknown() {
    return unknown;
  }

  /// What would be made now is in [#made] after this, as far as it can be told without reading: not
  /// that a page size changes, and not what is damaged. Answers the bucket as it would be then.
  View rehearse(MaintainOptions options)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Instant now = clock.instant();
    View view = lookout.look();
    Optional<Plan> plan = plan(view, options, now);
    while (plan.isEmpty()) {
      view = lookout.look();
      plan = plan(view, options, now);
    }
    Set<ObjectKey> keys = new HashSet<>();
    while (plan.isPresent() && !plan.get().merges().isEmpty()) {
      int known = keys.size();
      for (Merge merge : plan.get().merges()) {
        if (keys.add(key(merge))) {
          made.add(new MaintainReport.Made(key(merge), merge.inputs().size(), bytes(merge), 0));
          view = view.with(cover(merge));
        }
      }
      plan = keys.size() == known ? Optional.empty() : plan(view, options, now);
    }
    return view;
  }

  private View.Cover cover(Merge merge)
      throws StoreException, DamagedLogException, InterruptedException {
    Chain.Item item = new Chain.Item(key(merge), bytes(merge), clock.instant());
    Instant time = times.get(merge.inputs().getLast().key());
    if (time == null) {
      time = lookout.time(merge.inputs().getLast());
    }
    times.put(item.key(), time);
    Optional<Position> start = Optional.of(merge.start());
    return new View.Cover(item, start, Optional.of(time), item.storedAt(), View.Finding.VERIFIED);
  }

  void run(MaintainOptions options)
      throws IOException,
          StoreException,
          DamagedLogException,
          PositionNotFoundException,
          InterruptedException {
    for (List<Merge> due = due(options); !due.isEmpty(); due = due(options)) {
      for (Merge merge : due) {
        if (!make(merge)) {
          break;
        }
      }
    }
  }

  private List<Merge> due(MaintainOptions options)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    while (true) {
      // Before the look: no window may seem closed of which the view shows only a part.
      Instant now = clock.instant();
      Optional<Plan> plan = plan(lookout.look(), options, now);
      if (plan.isPresent()) {
        return plan.get().merges();
      }
    }
  }

  private record Plan(List<Merge> merges) {}

  /// Empty: an object that was asked for its time is damaged or gone. It is known now, so that
  /// another look leads further.
  private Optional<Plan> plan(View view, MaintainOptions options, Instant now)
      throws StoreException, InterruptedException {
    try {
      List<Merge> due = new ArrayList<>();
      for (Merge merge : planned(view, options, now)) {
        if (!failed.contains(merge)) {
          due.add(merge);
        }
      }
      return Optional.of(new Plan(due));
    } catch (DamagedLogException e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  private List<Merge> planned(View view, MaintainOptions options, Instant now)
      throws StoreException, DamagedLogException, InterruptedException {
    if (firstHead.isEmpty()) {
      firstHead = view.head().map(View.Head::position);
    }
    Optional<Duration> snapshotEvery =
        options.snapshotEvery().filter(every -> every.isPositive() || !isHeadMade());
    if (options.levels().isPresent()) {
      return CompactionPlan.of(view, options.levels().get(), snapshotEvery, now, lookout);
    }
    return snapshotEvery.isPresent()
        ? CompactionPlan.snapshotNow(view, lookout)
        : CompactionPlan.pins(view, lookout);
  }

  /// Whether there is a snapshot of the head as this run first saw it, or of a later one. While an
  /// application writes, the head would never be reached.
  private boolean isHeadMade() {
    return made.stream()
        .map(MaintainReport.Made::key)
        .anyMatch(key ->
            key instanceof ObjectKey.Snapshot snapshot
                && firstHead.isPresent()
                && snapshot.txid().compareTo(firstHead.get().txid()) >= 0);
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
        failed.add(merge);
        return false;
      }
      store(object);
      lookout.verified(object.key());
      // What failed because this was damaged may be tried again.
      failed.removeIf(
          other -> other.inputs().stream().anyMatch(item -> item.key().equals(object.key())));
      made.add(
          new MaintainReport.Made(
              object.key(), merge.inputs().size(), bytes(merge), object.size()));
      LOG.info("made {} of {}", object.key().text(), Counted.of(merge.inputs().size(), "object"));
      return true;
    } catch (PageSizeChangeException e) {
      if (!lookout.pageSizeChanges(e.key())) {
        failed.add(merge);
      }
    } catch (PositionNotFoundException e) {
      // The segment ends before the next key says, or a pin names a position that never was.
      LOG.warn("{}", e.getMessage());
      failed.add(merge);
      unknown.add(merge.end());
    } catch (DamagedLogException e) {
      failed.add(merge);
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

  private static ObjectKey key(Merge merge) {
    Position end = merge.end();
    return merge.level() == Merge.SNAPSHOT
        ? new ObjectKey.Snapshot(end.txid(), end.checksum())
        : new ObjectKey.Merged(
            merge.level(), merge.start().txid().next(), end.txid(), end.checksum());
  }

  private static long bytes(Merge merge) {
    return merge.inputs().stream().mapToLong(Chain.Item::size).sum();
  }
}
