package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.util.List;
import java.util.Optional;

/// A snapshot of the head, for somebody who wants it now. Windows of time are cut at it from then
/// on, so that no merged file crosses it.
final class HeadSnapshot {
  private HeadSnapshot() {}

  /// Empty: there is one, or nothing leads to the head.
  static Optional<Merge> of(View view, LogObjects objects, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    if (view.head().isEmpty()) {
      return Optional.empty();
    }
    Position head = view.head().get().position();
    if (objects.covers().stream().anyMatch(cover -> isSnapshot(cover, head))) {
      return Optional.empty();
    }
    Optional<List<CoverPaths.Step>> path = objects.pathsFrom(List.of(Position.START)).to(head);
    return path.isEmpty() || path.get().isEmpty()
        ? Optional.empty()
        : Optional.of(PageSizeCuts.snapshot(path.get(), facts));
  }

  private static boolean isSnapshot(View.Cover cover, Position head) {
    return cover.level() == Merge.SNAPSHOT && cover.end().equals(head);
  }
}
