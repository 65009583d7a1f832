package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.Optional;

/// Says what is lost, why, and which position is the last good one.
///
/// Lost is everything from the last good position on, up to where a cover leads on behind the hole,
/// or else up to the head: what lies whole behind a hole is of no use without what lay in it.
final class Holes {
  private static final Position NO_LIMIT =
      new Position(new Txid(Long.MAX_VALUE), Position.START.checksum());

  private final Planner planner;
  private final Chain chain;

  Holes(Planner planner) {
    this.planner = planner;
    this.chain = planner.chain();
  }

  /// Slot `i` cannot be read.
  DamagedLogException refusal(int i) throws StoreException, InterruptedException {
    ObjectKey.Slot slot = planner.slot(i);
    return refusal(
        slot.text(), planner.damage(slot).orElse("cannot be read"), lastGood(slot.start()));
  }

  /// The log stands at `at`, and no segment continues from there.
  DamagedLogException missingAfter(Position at) throws StoreException, InterruptedException {
    return refusal(ObjectKey.Slot.after(at).text(), "is missing", lastGood(at));
  }

  /// `target` is a position of the chain, and `graph` does not reach it.
  DamagedLogException refusal(CoverGraph graph, Position target)
      throws StoreException, InterruptedException {
    Position good = graph.positions().getLast();
    if (good.txid().compareTo(chain.start().txid()) < 0) {
      return belowBoundary(good, target);
    }
    for (int i = 0; i < chain.slots().size(); i++) {
      if (planner.slot(i).start().equals(good) && planner.damage(planner.slot(i)).isPresent()) {
        return refusal(i);
      }
    }
    return missingAfter(good);
  }

  private DamagedLogException belowBoundary(Position good, Position target)
      throws StoreException, InterruptedException {
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
    return refusal(key, reason, good);
  }

  private DamagedLogException refusal(String key, String reason, Position good)
      throws StoreException, InterruptedException {
    String last = good.equals(Position.START) ? "none" : good.toString();
    String range = lastLost(good).map(end -> " to " + end).orElse(" and later");
    return new DamagedLogException(
        key,
        "%s; lost: transactions %s%s; last good position: %s"
            .formatted(reason, good.txid().next(), range, last));
  }

  /// The last transaction that cannot be had any more; empty if that cannot be told, because the
  /// last segment cannot be read.
  private Optional<Txid> lastLost(Position good) throws StoreException, InterruptedException {
    Optional<Position> head =
        chain.slots().isEmpty()
            ? Optional.of(chain.start())
            : planner.contents(chain.slots().getLast()).map(Contents::end);
    for (Position position :
        planner.graph(Position.START, NO_LIMIT, Optional.empty()).positions()) {
      if (position.txid().compareTo(good.txid()) > 0) {
        return Optional.of(position.txid().previous());
      }
    }
    return head.map(Position::txid).filter(txid -> txid.compareTo(good.txid()) > 0);
  }

  /// The last position not above `limit` that can be reached, by segments that are known to meet.
  private Position lastGood(Position limit) throws StoreException, InterruptedException {
    while (true) {
      CoverGraph graph = planner.graph(Position.START, limit, Optional.empty());
      Position last = graph.positions().getLast();
      if (!planner.lookUpEnds(graph.plan(last).orElseThrow())) {
        return last;
      }
    }
  }
}
