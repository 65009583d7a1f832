package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// For positions that will be promised and that only segments lead to, because a merged file that
/// did is gone: a file of level 1 of the first segments on the way there, up to where the next
/// cover begins. Once the boundary has passed them, segments lead nowhere any more.
final class EndMerges {
  private EndMerges() {}

  /// Plan again after these, until there are none.
  static List<Merge> to(List<Position> ends, View view, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    LogObjects objects = new LogObjects(view);
    Set<Position> nodes = new HashSet<>(CoverPaths.of(objects.covers()).positions());
    nodes.add(view.start());
    CoverPaths paths = objects.pathsFrom(nodes);
    Set<Merge> merges = new LinkedHashSet<>();
    for (Position end : ends) {
      Optional<Position> from = paths.origin(end);
      if (from.isPresent() && !from.get().equals(end)) {
        merges.addAll(PageSizeCuts.cut(1, from.get(), segments(paths, end), facts));
      }
    }
    return new ArrayList<>(merges);
  }

  /// Those at the beginning: where a cover began, that is its start.
  private static List<CoverPaths.Step> segments(CoverPaths paths, Position end) {
    return paths.to(end).orElse(List.of()).stream().takeWhile(CoverPaths.Step::isSegment).toList();
  }
}
