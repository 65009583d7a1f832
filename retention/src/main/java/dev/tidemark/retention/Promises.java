package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The positions at and below the boundary that must stay restorable, ascending, and why each.
final class Promises {
  /// One of them. Its time is that of its transaction, where that is known.
  record Promise(Position position, Optional<Instant> time, List<String> reasons) {
    Promise {
      reasons = List.copyOf(reasons);
    }
  }

  private final View view;
  private final Instant now;
  private final Map<Position, List<String>> reasons = new HashMap<>();
  private final Map<Position, Instant> times = new HashMap<>();
  private final Map<KeepPolicy.Rule, List<Position>> byRule = new HashMap<>();
  private final TreeMap<Long, Promise> promises = new TreeMap<>();
  private final List<Promise> all = new ArrayList<>();

  Promises(View view, KeepPolicy.Rules policy, Instant now) {
    this.view = view;
    this.now = now;
    for (View.Cover cover : view.covers()) {
      cover.time().ifPresent(time -> times.put(cover.end(), time));
    }
    promise(view.start(), "the boundary");
    for (View.Pin pin : view.pins()) {
      if (pin.position().txid().compareTo(view.start().txid()) <= 0) {
        promise(pin.position(), "pin " + pin.name());
      }
    }
    List<Position> nodes = nodes(view.covers().stream().filter(c -> !c.isDamaged()).toList());
    // What was found damaged may have been mended since, and its loss is told as long as it counts.
    List<Position> withDamaged = nodes(view.covers());
    for (KeepPolicy.Rule rule : policy.rules()) {
      byRule.put(rule, rule(rule, nodes));
      rule(rule, withDamaged);
    }
    reasons.forEach((position, why) ->
        all.add(new Promise(position, Optional.ofNullable(times.get(position)), why)));
    all.sort(Comparator.comparing(promise -> promise.position().txid()));
    all.forEach(promise -> promises.put(promise.position().txid().value(), promise));
  }

  /// What can be restored at or below the boundary, newest first.
  private List<Position> nodes(List<View.Cover> covers) {
    List<Position> nodes = new ArrayList<>(CoverPaths.of(covers).positions());
    nodes.removeIf(
        node -> node.equals(Position.START) || node.txid().compareTo(view.start().txid()) > 0);
    nodes.sort(Comparator.comparing(Position::txid).reversed());
    return nodes;
  }

  /// The last node of each bucket within the span. One whose time is not known could be in any.
  private List<Position> rule(KeepPolicy.Rule rule, List<Position> nodes) {
    Instant since = now.minus(rule.span());
    List<Position> kept = new ArrayList<>();
    long taken = Long.MAX_VALUE;
    for (Position node : nodes) {
      Optional<Instant> time = Optional.ofNullable(times.get(node));
      if (time.isEmpty()) {
        promise(node, "its time is not known");
      } else if (!time.get().isBefore(since) && rule.unit().bucket(time.get()) < taken) {
        taken = rule.unit().bucket(time.get());
        promise(node, rule.unit().word() + " " + rule.unit().name(time.get()));
        kept.add(node);
      }
    }
    return kept;
  }

  private void promise(Position position, String reason) {
    if (!position.equals(Position.START)) {
      List<String> why = reasons.computeIfAbsent(position, _ -> new ArrayList<>());
      if (!why.contains(reason)) {
        why.add(reason);
      }
    }
  }

  List<Promise> all() {
    return all;
  }

  /// The positions that one rule chose, newest first.
  List<Position> of(KeepPolicy.Rule rule) {
    return byRule.getOrDefault(rule, List.of());
  }

  Optional<Instant> time(Position position) {
    return Optional.ofNullable(times.get(position));
  }

  /// The first promise at or after a transaction.
  Optional<Promise> from(long txid) {
    return Optional.ofNullable(promises.ceilingEntry(txid)).map(Map.Entry::getValue);
  }
}
