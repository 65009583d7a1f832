package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which merges are due by the settings of one run, but for those that failed in it. Looks at the
/// bucket for that.
final class DueMerges {
  private static final Logger LOG = LoggerFactory.getLogger(DueMerges.class);

  private final Lookout lookout;
  private final MaintainOptions options;
  private final InstantSource clock;
  private final Set<Merge> failed = new HashSet<>();
  private Optional<Position> firstHead = Optional.empty();
  private boolean isHeadMade;

  DueMerges(Lookout lookout, MaintainOptions options, InstantSource clock) {
    this.lookout = lookout;
    this.options = options;
    this.clock = clock;
  }

  record Due(View view, List<Merge> merges) {}

  /// As of a fresh look. An object that is asked for its time may prove damaged or gone; what is
  /// known then leads further at the next look.
  Due look()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    while (true) {
      // Before the look: no window may seem closed of which the view shows only a part.
      Instant now = clock.instant();
      View view = lookout.look();
      Optional<List<Merge>> merges = of(view, now);
      if (merges.isPresent()) {
        return new Due(view, merges.get());
      }
    }
  }

  /// Empty: an object that was asked for its time is damaged or gone.
  Optional<List<Merge>> of(View view, Instant now) throws StoreException, InterruptedException {
    try {
      List<Merge> due = unfailed(planned(view, now));
      return Optional.of(due.isEmpty() ? unfailed(ends(view, now)) : due);
    } catch (DamagedLogException e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  private List<Merge> unfailed(List<Merge> merges) {
    List<Merge> rest = new ArrayList<>(merges);
    rest.removeAll(failed);
    return rest;
  }

  private List<Merge> planned(View view, Instant now)
      throws StoreException, DamagedLogException, InterruptedException {
    if (firstHead.isEmpty()) {
      firstHead = view.head().map(View.Head::position);
    }
    Optional<Duration> snapshotEvery =
        options.snapshotEvery().filter(every -> every.isPositive() || !isHeadMade);
    if (options.levels().isPresent()) {
      return CompactionPlan.of(view, options.levels().get(), snapshotEvery, now, lookout);
    }
    return snapshotEvery.isPresent()
        ? CompactionPlan.snapshotNow(view, lookout)
        : CompactionPlan.pins(view, lookout);
  }

  /// What the boundary waits for, when nothing else is due.
  private List<Merge> ends(View view, Instant now)
      throws StoreException, DamagedLogException, InterruptedException {
    if (options.keep().isPresent() && options.keep().get() instanceof KeepPolicy.Rules rules) {
      lookout.learn(endingAt(endsFirst(view, rules, now), view));
      View timed = lookout.refreshed(view);
      return EndMerges.to(endsFirst(timed, rules, now), timed, lookout);
    }
    return List.of();
  }

  private List<Position> endsFirst(View view, KeepPolicy.Rules rules, Instant now) {
    return new BoundaryChoice(view.assumingSound(), options.settings(), now)
        .choose(rules)
        .endsFirst();
  }

  /// Without their times, more would count than is promised.
  private static List<Chain.Item> endingAt(List<Position> ends, View view) {
    return view.above().stream()
        .filter(segment -> segment.end().filter(ends::contains).isPresent())
        .map(View.Segment::item)
        .toList();
  }

  /// It is not planned again, unless something changes that.
  void failed(Merge merge) {
    failed.add(merge);
  }

  /// It is there, and sound: what failed because this was damaged may be tried again. A snapshot of
  /// the head as this run first saw it, or of a later one, is enough; while an application writes,
  /// the head would never be reached.
  void made(ObjectKey key) {
    failed.removeIf(other -> other.inputs().stream().anyMatch(item -> item.key().equals(key)));
    isHeadMade |=
        key instanceof ObjectKey.Snapshot snapshot
            && firstHead.isPresent()
            && snapshot.txid().compareTo(firstHead.get().txid()) >= 0;
  }
}
