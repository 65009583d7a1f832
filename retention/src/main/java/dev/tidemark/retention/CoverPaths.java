package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which positions steps lead to, and the cheapest way to each: fewest bytes, then fewest objects.
///
/// A merged file of which only the transaction before it is known follows every position that was
/// reached with that number; reading it proves which.
final class CoverPaths {
  /// An object as a step from one position to a later one.
  record Step(long before, Optional<Position> start, Position end, Chain.Item item) {
    static Step of(View.Cover cover) {
      Optional<Position> start = cover.before() == 0 ? Optional.of(Position.START) : cover.start();
      return new Step(cover.before(), start, cover.end(), cover.item());
    }

    boolean isSegment() {
      return item.key() instanceof ObjectKey.Slot;
    }
  }

  private record Way(long bytes, int objects, Optional<Step> step, Optional<Position> from) {
    boolean isCheaperThan(Way other) {
      return bytes != other.bytes ? bytes < other.bytes : objects < other.objects;
    }
  }

  private final Map<Position, Way> ways = new HashMap<>();
  private final Map<Long, List<Position>> byTxid = new HashMap<>();

  CoverPaths(Collection<Position> origins, List<Step> steps) {
    for (Position origin : origins) {
      reach(origin, new Way(0, 0, Optional.empty(), Optional.empty()));
    }
    List<Step> sorted = new ArrayList<>(steps);
    sorted.sort(Comparator.comparingLong(Step::before));
    for (Step step : sorted) {
      for (Position at : List.copyOf(byTxid.getOrDefault(step.before(), List.of()))) {
        if (step.start().isEmpty() || step.start().get().equals(at)) {
          take(step, at);
        }
      }
    }
  }

  /// From nothing, by these covers.
  static CoverPaths of(List<View.Cover> covers) {
    return new CoverPaths(List.of(Position.START), steps(covers));
  }

  static List<Step> steps(List<View.Cover> covers) {
    return covers.stream().map(Step::of).toList();
  }

  boolean reaches(Position position) {
    return ways.containsKey(position);
  }

  Set<Position> positions() {
    return new HashSet<>(ways.keySet());
  }

  /// The steps to a position, first one first.
  Optional<List<Step>> to(Position position) {
    if (!reaches(position)) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    Optional<Position> at = Optional.of(position);
    while (at.isPresent()) {
      Way way = way(at.get());
      way.step().ifPresent(steps::add);
      at = way.from();
    }
    return Optional.of(steps.reversed());
  }

  /// Where the steps to a position begin.
  Optional<Position> origin(Position position) {
    Optional<Position> at = reaches(position) ? Optional.of(position) : Optional.empty();
    while (at.isPresent() && way(at.get()).from().isPresent()) {
      at = way(at.get()).from();
    }
    return at;
  }

  private Way way(Position position) {
    Way way = ways.get(position);
    if (way == null) {
      throw new IllegalStateException("no way to " + position);
    }
    return way;
  }

  private void take(Step step, Position from) {
    Way before = way(from);
    reach(
        step.end(),
        new Way(
            before.bytes() + step.item().size(),
            before.objects() + 1,
            Optional.of(step),
            Optional.of(from)));
  }

  private void reach(Position position, Way way) {
    Way known = ways.get(position);
    if (known == null) {
      byTxid.computeIfAbsent(position.txid().value(), _ -> new ArrayList<>()).add(position);
    }
    if (known == null || way.isCheaperThan(known)) {
      ways.put(position, way);
    }
  }
}
