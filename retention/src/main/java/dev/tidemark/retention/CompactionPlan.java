package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which merged files and snapshots are due. Decides only: what it must know beyond the view it
/// asks of [ObjectFacts].
///
/// Top down: first the closed windows of the highest level, then behind them those of the next. So
/// who runs once a day writes each byte once, and who runs every 30 seconds gets the whole ladder.
/// A snapshot is due only once the merged files below it are there; plan again after each round
/// until nothing is due.
public final class CompactionPlan {
  private CompactionPlan() {}

  /// By these levels, and a snapshot whenever so much time has passed (0: now, at the head).
  public static List<Merge> of(
      View view, Levels levels, Optional<Duration> snapshotEvery, Instant now, ObjectFacts source)
      throws StoreException, DamagedLogException, InterruptedException {
    ObjectFacts facts = new KnownFacts(view, source);
    LogObjects objects = new LogObjects(view);
    List<Merge> mends = Mends.of(view, objects, facts);
    if (!mends.isEmpty()) {
      return mends;
    }
    List<Merge> merges = new ArrayList<>();
    Position from = Position.START;
    for (int level = levels.highest(); level >= 1; level--) {
      LevelPass pass = new LevelPass(objects, levels, level, now, facts);
      from = pass.run(from);
      merges.addAll(pass.merges());
    }
    if (snapshotEvery.isPresent() && snapshotEvery.get().isPositive()) {
      if (merges.stream().noneMatch(merge -> merge.level() == levels.highest())) {
        new SnapshotDue(view, objects, levels, snapshotEvery.get(), now, facts)
            .merge()
            .ifPresent(merges::add);
      }
    } else if (snapshotEvery.isPresent() && merges.isEmpty()) {
      HeadSnapshot.of(view, objects, facts).ifPresent(merges::add);
    }
    merges.addAll(new PinMerges(view, objects, facts).merges());
    return merges;
  }

  /// What the boundary alone asks for: that what is damaged is mended, and pins can be passed.
  static List<Merge> pins(View view, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    LogObjects objects = new LogObjects(view);
    List<Merge> mends = Mends.of(view, objects, facts);
    return mends.isEmpty() ? new PinMerges(view, objects, facts).merges() : mends;
  }

  /// A snapshot alone, of the head.
  static List<Merge> snapshotNow(View view, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    return HeadSnapshot.of(view, new LogObjects(view), facts).stream().toList();
  }
}
