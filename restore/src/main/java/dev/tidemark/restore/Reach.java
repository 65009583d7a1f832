package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which positions can be had: those to which objects lead, one after the other.
///
/// From inside a segment nothing leads on, though its transactions can be had: a restore goes on
/// where whole objects end.
final class Reach {
  /// An object that leads from one position to another. Where it begins may be known by its
  /// transaction only; it then follows any position with that number. `within` are positions on the
  /// way that can be had as well; without an end they are all.
  record Step(
      Txid before, Optional<Position> start, Optional<Position> end, List<Position> within) {}

  private final Set<Position> nodes = new HashSet<>();
  private final Set<Txid> numbers = new HashSet<>();
  private final Set<Position> all = new HashSet<>();

  Reach(Collection<Position> origins, List<Step> steps) {
    origins.forEach(this::add);
    List<Step> sorted = new ArrayList<>(steps);
    sorted.sort(Comparator.comparing(Step::before));
    for (Step step : sorted) {
      if (step.start().map(nodes::contains).orElseGet(() -> numbers.contains(step.before()))) {
        all.addAll(step.within());
        step.end().ifPresent(this::add);
      }
    }
  }

  private void add(Position node) {
    nodes.add(node);
    numbers.add(node.txid());
    all.add(node);
  }

  /// Whether an object that begins there can be used.
  boolean leadsTo(Position position) {
    return nodes.contains(position);
  }

  /// Whether it can be restored.
  boolean contains(Position position) {
    return all.contains(position);
  }

  /// What can be restored, ascending.
  List<Position> positions() {
    List<Position> positions = new ArrayList<>(all);
    positions.sort(Comparator.comparing(Position::txid));
    return positions;
  }

  /// What can be restored from one transaction to another, both included, ascending.
  List<Position> between(Txid first, Txid last) {
    return positions().stream()
        .filter(it -> it.txid().compareTo(first) >= 0 && it.txid().compareTo(last) <= 0)
        .toList();
  }
}
