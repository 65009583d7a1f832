package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Positions and the objects that lead from one to the next; finds the cheapest way to each: bytes
/// and a price for each object, then fewest objects.
///
/// Every object leads to a higher transaction, so one pass in the order of where they begin settles
/// all. Where a merged file begins is only half known from its key (the transaction, not the
/// checksum); what an index frame said about it counts, otherwise the transaction must do, and
/// reading proves it.
final class CoverGraph {
  /// What an object costs before its first byte, in bytes. A request to a store takes some 30 ms,
  /// and a reader has four of them under way, so 7 ms for each object; as much comes in this time
  /// at 35 MB/s, over a line of 300 Mbit/s. By bytes alone, a thousand small segments would be
  /// preferred to the file that they were merged into, since zstd packs the former better.
  static final long OBJECT_COST = 256 << 10;

  /// An object as a step. No start: it needs nothing before it.
  private record Step(Chain.Item item, Txid startTxid, Optional<Position> start, Position end) {}

  private record Way(
      Position at, long cost, int objects, Optional<Step> step, Optional<Way> before) {
    boolean isCheaperThan(Way other) {
      return cost != other.cost ? cost < other.cost : objects < other.objects;
    }
  }

  private final Map<Position, Way> ways = new HashMap<>();
  private final Map<Txid, List<Position>> reached = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();

  CoverGraph(Position from) {
    reach(new Way(from, 0, 0, Optional.empty(), Optional.empty()));
  }

  /// An object that needs the state at `start`.
  void step(Chain.Item item, Position start, Position end) {
    steps.add(new Step(item, start.txid(), Optional.of(start), end));
  }

  /// A merged file of which only the first transaction is known.
  void step(Chain.Item item, Txid startTxid, Position end) {
    steps.add(new Step(item, startTxid, Optional.empty(), end));
  }

  /// An object that needs nothing before it.
  void whole(Chain.Item item, Position end) {
    steps.add(new Step(item, Txid.ZERO, Optional.of(Position.START), end));
  }

  /// Settles everything; call it once, after the last step was added.
  void solve() {
    steps.sort(Comparator.comparing(Step::startTxid));
    for (Step step : steps) {
      if (step.item().key() instanceof ObjectKey.Snapshot) {
        take(step, new Way(Position.START, 0, 0, Optional.empty(), Optional.empty()));
      } else if (step.start().isPresent()) {
        way(step.start().get()).ifPresent(before -> take(step, before));
      } else {
        for (Position start : List.copyOf(reached.getOrDefault(step.startTxid(), List.of()))) {
          way(start).ifPresent(before -> take(step, before));
        }
      }
    }
  }

  Optional<Plan> plan(Position target) {
    return way(target).map(CoverGraph::unwind);
  }

  boolean reaches(Position position) {
    return ways.containsKey(position);
  }

  /// Every position that can be reached, ascending; the one where it began is among them.
  List<Position> positions() {
    List<Position> positions = new ArrayList<>(ways.keySet());
    positions.sort(Comparator.comparing(Position::txid));
    return positions;
  }

  private static Plan unwind(Way way) {
    List<Chain.Item> objects = new ArrayList<>();
    Way at = way;
    while (at.step().isPresent() && at.before().isPresent()) {
      objects.add(at.step().get().item());
      at = at.before().get();
    }
    return new Plan(at.at(), way.at(), objects.reversed());
  }

  private Optional<Way> way(Position position) {
    return Optional.ofNullable(ways.get(position));
  }

  private void take(Step step, Way before) {
    reach(
        new Way(
            step.end(),
            before.cost() + OBJECT_COST + step.item().size(),
            before.objects() + 1,
            Optional.of(step),
            Optional.of(before)));
  }

  private void reach(Way way) {
    Way known = ways.get(way.at());
    if (known == null) {
      reached.computeIfAbsent(way.at().txid(), _ -> new ArrayList<>()).add(way.at());
    }
    if (known == null || way.isCheaperThan(known)) {
      ways.put(way.at(), way);
    }
  }
}
