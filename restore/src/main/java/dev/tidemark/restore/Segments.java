package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The segments above the boundary as they were found, in the order of their keys.
final class Segments {
  /// `end`: where it leads; empty if that is not known. `marked`: positions in it that are of
  /// interest. `problem`: why it is of no use.
  record Segment(
      ObjectKey.Slot key, Optional<Position> end, List<Position> marked, Optional<String> problem) {
    static Segment damaged(ObjectKey.Slot key, String problem) {
      return new Segment(key, Optional.empty(), List.of(), Optional.of(problem));
    }

    Position start() {
      return key.start();
    }
  }

  private final List<Segment> all;

  Segments(List<Segment> all) {
    this.all = List.copyOf(all);
  }

  List<Segment> all() {
    return all;
  }

  /// Where the last one ends.
  Optional<Position> end() {
    return all.isEmpty() ? Optional.empty() : all.getLast().end();
  }

  /// Where the one behind begins.
  Optional<Position> next(int i) {
    return i + 1 < all.size() ? Optional.of(all.get(i + 1).start()) : Optional.empty();
  }

  /// Whether another one claims the same first transaction: then neither counts.
  boolean isContested(int i) {
    Txid first = all.get(i).key().first();
    return (i > 0 && all.get(i - 1).key().first().equals(first))
        || (i + 1 < all.size() && all.get(i + 1).key().first().equals(first));
  }

  /// Where the sound ones lead. A slot inside another one's transactions is damage from there on.
  List<Reach.Step> steps() {
    List<Reach.Step> steps = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Segment segment = all.get(i);
      if (segment.problem().isEmpty() && segment.end().isPresent() && !isContested(i)) {
        Position end = segment.end().get();
        Txid limit =
            next(i)
                .map(Position::txid)
                .filter(it -> it.compareTo(end.txid()) < 0)
                .orElse(end.txid());
        steps.add(
            new Reach.Step(
                segment.start().txid(),
                Optional.of(segment.start()),
                Optional.of(end).filter(it -> it.txid().equals(limit)),
                segment.marked().stream().filter(it -> it.txid().compareTo(limit) <= 0).toList()));
      }
    }
    return steps;
  }

  /// Whether a sound segment holds the transaction of this number, and it leads to another state.
  boolean contradict(Position position) {
    boolean isHeld = false;
    for (Segment segment : all) {
      if (segment.marked().contains(position)) {
        return false;
      }
      isHeld |=
          segment.problem().isEmpty()
              && segment.key().first().compareTo(position.txid()) <= 0
              && segment.end().stream().anyMatch(e -> e.txid().compareTo(position.txid()) >= 0);
    }
    return isHeld;
  }
}
