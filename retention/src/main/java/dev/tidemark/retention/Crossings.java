package dev.tidemark.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which covers are crossed: their range overlaps with another's, and neither includes the other.
/// Two sweeps, so that it takes n log n.
final class Crossings {
  private final Set<View.Cover> crossed = new HashSet<>();

  Crossings(List<View.Cover> covers) {
    fromBelow(covers);
    fromAbove(covers);
  }

  boolean isCrossed(View.Cover cover) {
    return crossed.contains(cover);
  }

  /// By one that begins earlier, and ends inside.
  private void fromBelow(List<View.Cover> covers) {
    List<View.Cover> sorted = new ArrayList<>(covers);
    sorted.sort(Comparator.comparingLong(View.Cover::before));
    TreeSet<Long> ends = new TreeSet<>();
    int added = 0;
    for (View.Cover cover : sorted) {
      while (sorted.get(added).before() < cover.before()) {
        ends.add(sorted.get(added++).last());
      }
      Optional<Long> end = Optional.ofNullable(ends.higher(cover.before()));
      if (end.isPresent() && end.get() < cover.last()) {
        crossed.add(cover);
      }
    }
  }

  /// By one that begins inside, and ends later.
  private void fromAbove(List<View.Cover> covers) {
    List<View.Cover> sorted = new ArrayList<>(covers);
    sorted.sort(Comparator.comparingLong(View.Cover::last).reversed());
    TreeSet<Long> starts = new TreeSet<>();
    int added = 0;
    for (View.Cover cover : sorted) {
      while (sorted.get(added).last() > cover.last()) {
        starts.add(sorted.get(added++).before());
      }
      Optional<Long> start = Optional.ofNullable(starts.higher(cover.before()));
      if (start.isPresent() && start.get() < cover.last()) {
        crossed.add(cover);
      }
    }
  }
}
