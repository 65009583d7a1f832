package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides which objects make up a position: a function of what is listed, of the few index frames
/// that it looks up, of what reading has found, and of the target. Any valid cover of the chain
/// gives identical bytes, so the cheapest is taken.
///
/// Below the boundary only the ends of merged files and snapshots can be had; above it every
/// transaction of every segment. **A hole is never a shorter log**: a target at or beyond one,
/// which nothing else covers, is refused.
public final class Planner {
  private final Chain chain;
  private final ContentsLookup lookup;
  private final Findings findings;

  /// Slots that claim a first transaction which another slot claims too: neither counts.
  private final Set<ObjectKey> contested = new HashSet<>();

  public Planner(Chain chain, ContentsLookup lookup, Findings findings) {
    this.chain = chain;
    this.lookup = lookup;
    this.findings = findings;
    for (int i = 1; i < chain.slots().size(); i++) {
      if (slot(i).first().equals(slot(i - 1).first())) {
        contested.add(slot(i));
        contested.add(slot(i - 1));
      }
    }
  }

  public Planner(Chain chain, ContentsLookup lookup) {
    this(chain, lookup, new Findings());
  }

  /// The objects from nothing to the target.
  public Plan plan(RestoreTarget target)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    return plan(Position.START, target);
  }

  /// The objects that lead from a known state to the target. A plan that begins with a whole state
  /// begins at START instead, if that is cheaper or the only way.
  public Plan plan(Position from, RestoreTarget target)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    return plan(from, new Targets(this).resolve(target));
  }

  /// As [#plan(RestoreTarget)], and every segment in it is known to end where the next object
  /// begins. Costs a small read for each, some at once.
  public Plan provenPlan(RestoreTarget target)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    Targets.Resolved resolved = new Targets(this).resolve(target);
    Plan plan = plan(Position.START, resolved);
    while (lookUpEnds(plan)) {
      plan = plan(Position.START, resolved);
    }
    return plan;
  }

  /// Looks where the segments of a plan end; false if that was known of all of them.
  boolean lookUpEnds(Plan plan) throws StoreException, InterruptedException {
    List<Chain.Item> unknown = new ArrayList<>();
    for (Chain.Item item : plan.objects()) {
      boolean isKnown = findings.span(item.key()).isPresent() || damage(item.key()).isPresent();
      if (item.key() instanceof ObjectKey.Slot && !isKnown) {
        unknown.add(item);
      }
    }
    lookUp(unknown);
    return !unknown.isEmpty();
  }

  /// Looks where every segment ends.
  void lookUpSlots() throws StoreException, InterruptedException {
    lookUp(chain.slots());
  }

  private void lookUp(List<Chain.Item> items) throws StoreException, InterruptedException {
    try (Lookahead ahead = new Lookahead(lookup, items)) {
      for (Chain.Item item : items) {
        contents(item, ahead);
      }
    }
  }

  /// The objects that lead to a target that was resolved before: what it means must not change when
  /// damage is found on the way to it.
  Plan plan(Position from, Targets.Resolved resolved)
      throws DamagedLogException, StoreException, InterruptedException {
    CoverGraph graph = graph(from, resolved.position(), resolved.slot());
    Optional<Plan> plan = graph.plan(resolved.position());
    if (plan.isEmpty() && lookUpEnds()) {
      graph = graph(from, resolved.position(), resolved.slot());
      plan = graph.plan(resolved.position());
    }
    if (plan.isPresent()) {
      return plan.get();
    }
    throw new Holes(this).refusal(graph, resolved.position());
  }

  /// Where the next key is missing, a segment ends before the one that is there. If a merged file
  /// begins inside what the keys make of a segment, that may be why; false if there is none.
  private boolean lookUpEnds() throws StoreException, InterruptedException {
    boolean isAnyNew = false;
    for (int i = 0; i < chain.slots().size(); i++) {
      ObjectKey.Slot slot = slot(i);
      Optional<Position> end = end(i);
      if (findings.span(slot).isEmpty()
          && damage(slot).isEmpty()
          && end.isPresent()
          && isMergedFrom(slot.first(), end.get().txid())) {
        contents(chain.slots().get(i));
        isAnyNew = true;
      }
    }
    return isAnyNew;
  }

  /// Whether a merged file continues from one of these transactions, the last one not included.
  private boolean isMergedFrom(Txid first, Txid last) {
    for (Chain.Item item : chain.covers()) {
      if (item.key() instanceof ObjectKey.Merged merged
          && merged.first().compareTo(first) > 0
          && merged.first().compareTo(last) <= 0) {
        return true;
      }
    }
    return false;
  }

  Chain chain() {
    return chain;
  }

  ObjectKey.Slot slot(int i) {
    return (ObjectKey.Slot) chain.slots().get(i).key();
  }

  boolean isContested(ObjectKey key) {
    return contested.contains(key);
  }

  Optional<String> damage(ObjectKey key) {
    return isContested(key)
        ? Optional.of("another segment claims the same first transaction")
        : findings.damage(key);
  }

  /// What is in an object; empty if that cannot be told, which is then a finding.
  Optional<Contents> contents(Chain.Item item) throws StoreException, InterruptedException {
    return damage(item.key()).isPresent() ? Optional.empty() : contents(item, lookup);
  }

  private Optional<Contents> contents(Chain.Item item, ContentsLookup from)
      throws StoreException, InterruptedException {
    try {
      Optional<Contents> contents = from.contents(item);
      if (contents.isEmpty()) {
        findings.gone(item.key());
      } else {
        findings.span(item.key(), contents.get().start(), contents.get().end());
      }
      return contents;
    } catch (DamagedLogException e) {
      findings.damaged(item.key(), e.reason());
      return Optional.empty();
    }
  }

  /// Where slot `i` ends, as far as is known: by its index frame, else by the next key.
  Optional<Position> end(int i) {
    Optional<Findings.Span> span = findings.span(slot(i));
    if (span.isPresent()) {
      return Optional.of(span.get().end());
    }
    return i + 1 < chain.slots().size() ? Optional.of(slot(i + 1).start()) : Optional.empty();
  }

  /// What can be reached from `from` without going past `limit`, the slot in which `limit` lies
  /// (empty: none) taken up to there.
  CoverGraph graph(Position from, Position limit, Optional<Integer> holder) {
    CoverGraph graph = new CoverGraph(from);
    covers(graph, limit);
    for (int i = 0; i < chain.slots().size(); i++) {
      if (slot(i).first().compareTo(limit.txid()) > 0) {
        break;
      }
      Chain.Item item = chain.slots().get(i);
      if (damage(item.key()).isPresent()) {
        continue;
      }
      Optional<Position> end = holder.equals(Optional.of(i)) ? Optional.of(limit) : end(i);
      if (end.isPresent() && end.get().txid().compareTo(limit.txid()) <= 0) {
        graph.step(item, slot(i).start(), end.get());
      }
    }
    graph.solve();
    return graph;
  }

  private void covers(CoverGraph graph, Position limit) {
    for (Chain.Item item : chain.covers()) {
      if (damage(item.key()).isEmpty()) {
        cover(graph, limit, item);
      }
    }
  }

  private void cover(CoverGraph graph, Position limit, Chain.Item item) {
    switch (item.key()) {
      case ObjectKey.Snapshot snapshot when isWithin(snapshot.position(), limit) ->
          graph.whole(item, snapshot.position());
      case ObjectKey.Merged merged when isWithin(merged.end(), limit) -> {
        Optional<Findings.Span> span = findings.span(merged);
        if (span.isPresent()) {
          graph.step(item, span.get().start(), merged.end());
        } else {
          graph.step(item, merged.first().previous(), merged.end());
        }
      }
      case ObjectKey.Snapshot _, ObjectKey.Merged _, ObjectKey.Slot _ -> {}
    }
  }

  private static boolean isWithin(Position end, Position limit) {
    return end.txid().compareTo(limit.txid()) <= 0;
  }

  /// The positions below and at the start of the chain that can be restored, ascending, without
  /// START. Damaged objects count: that they are damaged must not make another position the answer.
  List<Position> restorableBelow() {
    CoverGraph graph = new CoverGraph(Position.START);
    chain.covers().forEach(item -> cover(graph, chain.start(), item));
    graph.solve();
    List<Position> positions = new ArrayList<>(graph.positions());
    positions.remove(Position.START);
    positions.sort(Comparator.comparing(Position::txid));
    return positions;
  }

  /// The merged files and snapshots that end at a position.
  List<Chain.Item> coversEndingAt(Position position) {
    List<Chain.Item> items = new ArrayList<>();
    for (Chain.Item item : chain.covers()) {
      if (endOf(item).equals(position)) {
        items.add(item);
      }
    }
    return items;
  }

  /// Where a cover ends.
  static Position endOf(Chain.Item cover) {
    return switch (cover.key()) {
      case ObjectKey.Snapshot snapshot -> snapshot.position();
      case ObjectKey.Merged merged -> merged.end();
      case ObjectKey.Slot slot -> throw new IllegalArgumentException(slot.text() + " is no cover");
    };
  }
}
