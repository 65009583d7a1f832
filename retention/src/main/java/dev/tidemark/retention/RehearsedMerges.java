package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What would be made now, as far as it can be told without reading: not that a page size changes,
/// and not what is damaged.
final class RehearsedMerges {
  private static final int LOOKS_MAX = 8;

  private final Lookout lookout;
  private final DueMerges due;
  private final InstantSource clock;
  private final List<MaintainReport.Made> made = new ArrayList<>();
  private final Map<ObjectKey, Instant> times = new HashMap<>();

  RehearsedMerges(Lookout lookout, DueMerges due, InstantSource clock) {
    this.lookout = lookout;
    this.due = due;
    this.clock = clock;
  }

  /// Answers the bucket as it would be then. What another maintainer deleted since the look shows
  /// in the next one.
  View run()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    for (int look = 1; ; look++) {
      try {
        return rehearse();
      } catch (DamagedLogException e) {
        if (look == LOOKS_MAX) {
          throw e;
        }
        made.clear();
        times.clear();
      }
    }
  }

  private View rehearse()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Instant now = clock.instant();
    DueMerges.Due first = due.look();
    View view = first.view();
    Optional<List<Merge>> merges = Optional.of(first.merges());
    while (merges.isPresent() && !merges.get().isEmpty()) {
      int known = times.size();
      for (Merge merge : merges.get()) {
        if (!times.containsKey(merge.key())) {
          view = view.with(cover(merge));
          made.add(
              new MaintainReport.Made(merge.key(), merge.inputs().size(), merge.inputBytes(), 0));
        }
      }
      merges = times.size() == known ? Optional.empty() : due.of(view, now);
    }
    return view;
  }

  private View.Cover cover(Merge merge)
      throws StoreException, DamagedLogException, InterruptedException {
    Chain.Item item = new Chain.Item(merge.key(), merge.inputBytes(), clock.instant());
    Chain.Item last = merge.inputs().getLast();
    Instant time = times.containsKey(last.key()) ? times.get(last.key()) : lookout.time(last);
    times.put(item.key(), time);
    return new View.Cover(
        item,
        Optional.of(merge.start()),
        Optional.of(time),
        item.storedAt(),
        View.Finding.VERIFIED);
  }

  List<MaintainReport.Made> made() {
    return made;
  }
}
