package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What must be read before a plan counts that took all for sound: what leads to the next boundary,
/// and to what is promised up to there, what takes the place of the slots that go, and what
/// contains the covers that go.
final class Unread {
  private Unread() {}

  static List<Chain.Item> of(View view, RetentionPlan plan) {
    Set<ObjectKey> needed = new LinkedHashSet<>();
    for (Decision drop : plan.drops()) {
      drop.justification().forEach(item -> needed.add(item.key()));
    }
    CoverPaths paths = usable(view);
    plan.boundary().ifPresent(to -> addWays(view, to, needed));
    long firstSlot =
        plan.drops().stream()
            .filter(drop -> drop.item().key() instanceof ObjectKey.Slot)
            .mapToLong(drop -> ((ObjectKey.Slot) drop.item().key()).first().value() - 1)
            .min()
            .orElse(Long.MAX_VALUE);
    if (firstSlot < Long.MAX_VALUE) {
      plan.promised().forEach(position -> addPath(paths, position, firstSlot, needed));
    }
    return unread(view, needed);
  }

  /// What leads to positions from the boundary on, for which segments may still stand in.
  static List<Chain.Item> behind(View view, List<Position> promised) {
    Set<ObjectKey> needed = new LinkedHashSet<>();
    CoverPaths paths = usable(view);
    long start = view.start().txid().value();
    promised.stream()
        .filter(position -> position.txid().value() > start)
        .forEach(position -> addPath(paths, position, start, needed));
    return unread(view, needed);
  }

  private static CoverPaths usable(View view) {
    return CoverPaths.of(view.covers().stream().filter(cover -> !cover.isDamaged()).toList());
  }

  private static List<Chain.Item> unread(View view, Set<ObjectKey> needed) {
    List<Chain.Item> unread = new ArrayList<>();
    for (View.Cover cover : view.covers()) {
      if (needed.contains(cover.item().key()) && cover.finding() == View.Finding.UNKNOWN) {
        unread.add(cover.item());
      }
    }
    return unread;
  }

  /// To the next boundary, and to the pins that it passes: all of the way there, also what lies
  /// below the boundary, if a cover begins there that reaches across it.
  private static void addWays(View view, Position to, Set<ObjectKey> needed) {
    CoverPaths ways = BoundaryChoice.ways(view.assumingSound());
    addPath(ways, to, 0, needed);
    for (View.Pin pin : view.pins()) {
      long at = pin.position().txid().value();
      if (at > view.start().txid().value() && at <= to.txid().value()) {
        addPath(ways, pin.position(), 0, needed);
      }
    }
  }

  /// The objects on the way to a position that end after a transaction.
  private static void addPath(CoverPaths paths, Position to, long after, Set<ObjectKey> needed) {
    paths
        .to(to)
        .ifPresent(steps ->
            steps.stream()
                .filter(step -> step.end().txid().value() > after)
                .forEach(step -> needed.add(step.item().key())));
  }
}
