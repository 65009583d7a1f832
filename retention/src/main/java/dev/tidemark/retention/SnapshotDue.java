package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The snapshot that is due, if any: at the last end of a top-level file in the last closed window
/// of `every`, or at the very last one if the way there from the last snapshot is longer than a
/// window. Always between two top-level files, so that none ever crosses a snapshot. After a long
/// pause only the latest one is made: the files below it lead to every position before.
final class SnapshotDue {
  private final LogObjects objects;
  private final Levels levels;
  private final Duration every;
  private final Instant now;
  private final ObjectFacts facts;
  private final Optional<View.Cover> last;
  private final Optional<Instant> headTime;

  SnapshotDue(
      View view,
      LogObjects objects,
      Levels levels,
      Duration every,
      Instant now,
      ObjectFacts facts) {
    this.objects = objects;
    this.levels = levels;
    this.every = every;
    this.now = now;
    this.facts = facts;
    this.headTime = view.head().map(View.Head::time);
    this.last =
        view.covers().stream()
            .filter(cover -> cover.level() == Merge.SNAPSHOT && !cover.isDamaged())
            .max(Comparator.comparingLong(View.Cover::last));
  }

  Optional<Merge> merge() throws StoreException, DamagedLogException, InterruptedException {
    Position from = last.map(View.Cover::end).orElse(Position.START);
    List<View.Cover> path = path(from);
    for (int i = path.size() - 1; i >= 0; i--) {
      if (isDue(path.get(i), i == path.size() - 1)) {
        List<CoverPaths.Step> steps = new ArrayList<>();
        last.ifPresent(snapshot -> steps.add(CoverPaths.Step.of(snapshot)));
        path.subList(0, i + 1).forEach(cover -> steps.add(CoverPaths.Step.of(cover)));
        return steps.size() > 1
            ? Optional.of(PageSizeCuts.snapshot(steps, facts))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// The files of the closed windows of the highest level. What a lone lower file holds alone is
  /// not copied to a higher one, so that counts as well.
  private List<View.Cover> path(Position from)
      throws StoreException, DamagedLogException, InterruptedException {
    List<View.Cover> path = new ArrayList<>();
    Position at = from;
    while (true) {
      List<View.Cover> next =
          objects.coversFrom(at).stream()
              .filter(cover -> cover.level() < Merge.SNAPSHOT)
              .sorted(Comparator.comparingLong(View.Cover::last).reversed())
              .limit(1)
              .toList();
      if (next.isEmpty() || isOpen(next.getFirst())) {
        return path;
      }
      path.add(next.getFirst());
      at = next.getFirst().end();
    }
  }

  private boolean isOpen(View.Cover cover)
      throws StoreException, DamagedLogException, InterruptedException {
    if (cover.level() >= levels.highest()) {
      return false;
    }
    Instant end = levels.windowEnd(levels.highest(), facts.time(cover.item()));
    boolean isPassed = headTime.isPresent() && !headTime.get().isBefore(end);
    return !isPassed && !levels.isClosed(end, now);
  }

  private boolean isDue(View.Cover cover, boolean isLast)
      throws StoreException, DamagedLogException, InterruptedException {
    Instant time = facts.time(cover.item());
    Instant end = Levels.windowEnd(every, time);
    boolean isPassed = headTime.isPresent() && !headTime.get().isBefore(end);
    if (isPassed || levels.isClosed(end, now)) {
      return true;
    }
    return isLast
        && last.isPresent()
        && Duration.between(facts.time(last.get().item()), time).compareTo(every) > 0;
  }
}
