package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.List;
import java.util.Optional;

/// Says what is lost, why, and which position is the last good one.
final class Holes {
  private final Planner planner;
  private final Chain chain;

  Holes(Planner planner) {
    this.planner = planner;
    this.chain = planner.chain();
  }

  /// Slot `i` cannot be read.
  DamagedLogException refusal(int i) {
    ObjectKey.Slot slot = planner.slot(i);
    return refusal(
        slot.text(),
        planner.damage(slot).orElse("cannot be read"),
        slot.first(),
        i + 1 < chain.slots().size() ? nextFirst(slot.first()) : Optional.empty(),
        lastGood(slot.start()));
  }

  /// After slot `i`, which ends at `end`, there is nothing where the next one should be.
  DamagedLogException refusal(int i, Position end) {
    return refusal(
        ObjectKey.Slot.after(end).text(),
        "is missing",
        end.txid().next(),
        i + 1 < chain.slots().size() ? nextFirst(end.txid()) : Optional.empty(),
        lastGood(end));
  }

  /// The log stands at `at`, and slot `i` continues from elsewhere.
  DamagedLogException gapBefore(int i, Position at) {
    return refusal(
        ObjectKey.Slot.after(at).text(),
        "is missing",
        at.txid().next(),
        Optional.of(planner.slot(i).first()).filter(f -> f.compareTo(at.txid().next()) > 0),
        lastGood(at));
  }

  /// `target` is a position of the chain, and `graph` does not reach it.
  DamagedLogException refusal(CoverGraph graph, Position target) {
    List<Position> reached = graph.positions();
    Position good = reached.getLast();
    if (good.txid().compareTo(chain.start().txid()) < 0) {
      return belowBoundary(good, target);
    }
    for (int i = 0; i < chain.slots().size(); i++) {
      if (planner.slot(i).start().equals(good) && planner.damage(planner.slot(i)).isPresent()) {
        return refusal(i);
      }
    }
    return refusal(
        ObjectKey.Slot.after(good).text(),
        "is missing",
        good.txid().next(),
        nextFirst(good.txid()),
        Optional.of(good));
  }

  private DamagedLogException belowBoundary(Position good, Position target) {
    String key = BoundaryRecord.key(chain.boundary().map(BoundaryRecord::number).orElse(0));
    String reason = "nothing that is stored leads to " + target;
    for (Chain.Item item : chain.covers()) {
      Position end = Planner.endOf(item);
      Optional<String> damage = planner.damage(item.key());
      if (damage.isPresent() && end.txid().compareTo(good.txid()) > 0) {
        key = item.key().text();
        reason = damage.get();
      }
    }
    return refusal(
        key, reason, good.txid().next(), Optional.of(target.txid().next()), Optional.of(good));
  }

  private static DamagedLogException refusal(
      String key, String reason, Txid lost, Optional<Txid> next, Optional<Position> good) {
    String last =
        good.filter(p -> !p.equals(Position.START)).map(Position::toString).orElse("none");
    String range = next.map(n -> lost + " to " + n.previous()).orElse(lost + " and later");
    return new DamagedLogException(
        key, "%s; lost: transactions %s; last good position: %s".formatted(reason, range, last));
  }

  /// The next transaction above `txid` with which a usable slot begins.
  private Optional<Txid> nextFirst(Txid txid) {
    for (int i = 0; i < chain.slots().size(); i++) {
      ObjectKey.Slot slot = planner.slot(i);
      if (slot.first().compareTo(txid) > 0
          && !slot.start().txid().equals(txid)
          && planner.damage(slot).isEmpty()) {
        return Optional.of(slot.first());
      }
    }
    return Optional.empty();
  }

  /// The last position not above `limit` that can be reached.
  private Optional<Position> lastGood(Position limit) {
    return Optional.of(
        planner.graph(Position.START, limit, Optional.empty()).positions().getLast());
  }
}
