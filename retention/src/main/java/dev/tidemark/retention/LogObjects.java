package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/// The sound objects of a view, by where they begin. Slots below the boundary are not among them:
/// what lies there proves nothing.
final class LogObjects {
  private final List<View.Segment> slots;
  private final List<View.Cover> covers = new ArrayList<>();
  private final Map<Long, List<View.Cover>> coversFrom = new HashMap<>();

  LogObjects(View view) {
    this.slots = view.above();
    for (View.Cover cover : view.covers()) {
      if (!cover.isDamaged()) {
        covers.add(cover);
        coversFrom.computeIfAbsent(cover.before(), _ -> new ArrayList<>()).add(cover);
      }
    }
    covers.sort(Comparator.comparingLong(View.Cover::before));
  }

  List<View.Segment> slots() {
    return slots;
  }

  /// Whether a slot is of no use.
  boolean isHole(int slot) {
    return slots.get(slot).finding() == View.Finding.DAMAGED;
  }

  List<View.Cover> coversFrom(Position position) {
    return coversFrom.getOrDefault(position.txid().value(), List.of()).stream()
        .filter(cover -> begins(cover, position))
        .toList();
  }

  private static boolean begins(View.Cover cover, Position position) {
    return cover.before() == 0 || cover.start().isEmpty() || cover.start().get().equals(position);
  }

  List<View.Cover> covers() {
    return covers;
  }

  /// The end of the first snapshot behind a position.
  Optional<Position> nextSnapshot(Position position) {
    return covers.stream()
        .filter(cover -> cover.level() == Merge.SNAPSHOT)
        .map(View.Cover::end)
        .filter(end -> end.txid().compareTo(position.txid()) > 0)
        .min(Comparator.comparing(Position::txid));
  }

  /// As far as merged files of a level and above lead from a position, the longest first.
  List<View.Cover> advance(Position from, int level) {
    List<View.Cover> path = new ArrayList<>();
    Position at = from;
    while (true) {
      Optional<View.Cover> next =
          coversFrom(at).stream()
              .filter(cover -> cover.level() >= level && cover.level() < Merge.SNAPSHOT)
              .max(Comparator.comparingLong(View.Cover::last).thenComparingInt(View.Cover::level));
      if (next.isEmpty()) {
        return path;
      }
      path.add(next.get());
      at = next.get().end();
    }
  }

  /// The index of the first slot that begins at or after a position.
  int slotFrom(Position position) {
    return firstAtOrAfter(slots.size(), i -> slots.get(i).start().txid().value(), position);
  }

  private int coverFrom(Position position) {
    return firstAtOrAfter(covers.size(), i -> covers.get(i).before(), position);
  }

  private static int firstAtOrAfter(int size, IntToLongFunction before, Position position) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (before.applyAsLong(middle) >= position.txid().value()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// The covers that begin at or after a position, in that order.
  List<View.Cover> coversAfter(Position from) {
    return covers.subList(coverFrom(from), covers.size());
  }

  /// Some slots as steps; one that is damaged, or of unknown end, is a hole.
  List<CoverPaths.Step> slotSteps(int from, int to) {
    List<CoverPaths.Step> steps = new ArrayList<>();
    for (int i = from; i < to; i++) {
      View.Segment slot = slots.get(i);
      if (!isHole(i) && slot.end().isPresent()) {
        long before = slot.start().txid().value();
        steps.add(
            new CoverPaths.Step(before, Optional.of(slot.start()), slot.end().get(), slot.item()));
      }
    }
    return steps;
  }

  /// Where all that is sound leads to from these positions.
  CoverPaths pathsFrom(Collection<Position> origins) {
    List<CoverPaths.Step> steps = new ArrayList<>(CoverPaths.steps(covers));
    steps.addAll(slotSteps(0, slots.size()));
    return new CoverPaths(origins, steps);
  }

  /// The next position after this one at which an object is known to begin.
  Optional<Position> nextStart(Position position) {
    int slot = slotFrom(new Position(position.txid().next(), position.checksum()));
    Optional<Position> next =
        slot < slots.size() ? Optional.of(slots.get(slot).start()) : Optional.empty();
    for (int i = coverFrom(new Position(position.txid().next(), position.checksum()));
        i < covers.size();
        i++) {
      Optional<Position> start = covers.get(i).start();
      if (start.isPresent()) {
        boolean isFirst = next.isEmpty() || start.get().txid().compareTo(next.get().txid()) < 0;
        return isFirst ? start : next;
      }
    }
    return next;
  }
}
