package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns a target into a position of the chain.
final class Targets {
  /// A position, and the slot in which its transaction lies; without one it is the end of a cover.
  record Resolved(Position position, Optional<Integer> slot) {}

  private final Planner planner;
  private final Chain chain;

  Targets(Planner planner) {
    this.planner = planner;
    this.chain = planner.chain();
  }

  Resolved resolve(RestoreTarget target)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    if (chain.slots().isEmpty()) {
      chain.checkListing();
      throw new PositionNotFoundException("the log has no transaction yet");
    }
    return switch (target) {
      case RestoreTarget.Latest() -> latest();
      case RestoreTarget.AtTxid(Txid txid) -> at(txid);
      case RestoreTarget.AtTime(var time) -> new Timeline(planner).at(time);
    };
  }

  private Resolved latest() throws DamagedLogException, StoreException, InterruptedException {
    int last = chain.slots().size() - 1;
    Optional<Contents> contents = planner.contents(chain.slots().get(last));
    if (contents.isEmpty()) {
      throw new Holes(planner).refusal(last);
    }
    return new Resolved(contents.get().end(), Optional.of(last));
  }

  private Resolved at(Txid txid)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    int i = slotOf(txid);
    if (txid.compareTo(chain.start().txid()) <= 0) {
      return cover(txid).orElseThrow(() -> belowNotFound(txid));
    }
    if (i < 0) {
      Optional<Resolved> cover = cover(txid);
      if (cover.isEmpty()) {
        throw new Holes(planner).missingAfter(chain.start());
      }
      return cover.get();
    }
    Optional<Contents> contents = planner.contents(chain.slots().get(i));
    if (contents.isPresent()) {
      Optional<Position> position = find(contents.get(), txid);
      if (position.isPresent()) {
        return new Resolved(position.get(), Optional.of(i));
      }
    }
    boolean isBeyond =
        contents.isPresent()
            && i + 1 == chain.slots().size()
            && txid.compareTo(contents.get().end().txid()) > 0;
    Optional<Resolved> cover = isBeyond ? Optional.empty() : cover(txid);
    if (cover.isPresent()) {
      return cover.get();
    }
    if (contents.isEmpty()) {
      throw new Holes(planner).refusal(i);
    }
    Position end = contents.get().end();
    if (txid.compareTo(end.txid()) < 0) {
      throw new PositionNotFoundException(
          "transaction %s lies inside what %s holds as one state; the first that can be had is %s"
              .formatted(txid, planner.slot(i).text(), end));
    }
    if (i + 1 < chain.slots().size()) {
      throw new Holes(planner).missingAfter(end);
    }
    throw new PositionNotFoundException(
        "transaction %s is beyond the head of the log, %s".formatted(txid, end));
  }

  /// The last slot whose first transaction is not later; -1: all begin later.
  private int slotOf(Txid txid) {
    int low = -1;
    int high = chain.slots().size();
    while (high - low > 1) {
      int mid = (low + high) >>> 1;
      if (planner.slot(mid).first().compareTo(txid) <= 0) {
        low = mid;
      } else {
        high = mid;
      }
    }
    return low;
  }

  private static Optional<Position> find(Contents contents, Txid txid) {
    int low = 0;
    int high = contents.fileCount() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int order = contents.position(mid).txid().compareTo(txid);
      if (order == 0) {
        return Optional.of(contents.position(mid));
      }
      if (order < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return Optional.empty();
  }

  private Optional<Resolved> cover(Txid txid) throws DamagedLogException {
    Set<Position> ends = new LinkedHashSet<>();
    if (chain.start().txid().equals(txid) && !chain.start().equals(Position.START)) {
      ends.add(chain.start());
    }
    List<String> keys = new ArrayList<>();
    for (Chain.Item item : chain.covers()) {
      Position end = Planner.endOf(item);
      if (end.txid().equals(txid)) {
        keys.add(item.key().text());
        ends.add(end);
      }
    }
    if (ends.size() > 1) {
      throw new DamagedLogException(
          keys.getFirst(), "two states claim to be that after transaction " + txid + ": " + ends);
    }
    return ends.stream().findFirst().map(end -> new Resolved(end, Optional.empty()));
  }

  private PositionNotFoundException belowNotFound(Txid txid) {
    List<Position> below = planner.restorableBelow();
    Optional<Position> before = Optional.empty();
    Optional<Position> after = Optional.empty();
    for (Position position : below) {
      if (position.txid().compareTo(txid) < 0) {
        before = Optional.of(position);
      } else if (after.isEmpty()) {
        after = Optional.of(position);
      }
    }
    return new PositionNotFoundException(
        "transaction %s is not kept on its own%s%s"
            .formatted(
                txid,
                before.map(p -> "; before it there is " + p).orElse(""),
                after
                    .map(p -> "; after it there is " + p)
                    .orElse("; the log begins after " + chain.start())));
  }
}
