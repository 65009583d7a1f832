package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    this(view, policy, now, Set.of());
  }

  /// `more`: positions that are the log's, whatever leads there.
  Promises(View view, KeepPolicy.Rules policy, Instant now, Set<Position> more) {
    this.view = view;
    this.now = now;
    addTimes();
    promise(view.start(), "the boundary");
    for (View.Pin pin : view.pins()) {
      if (pin.position().txid().compareTo(view.start().txid()) <= 0) {
        promise(pin.position(), "pin " + pin.name());
      }
    }
    CoverPaths sound =
        CoverPaths.of(view.covers().stream().filter(cover -> !cover.isDamaged()).toList());
    List<Position> nodes = newestFirst(sound.positions());
    // What was found damaged, or what led to a cover and is gone, may be there again tomorrow, and
    // its loss is told as long as it counts.
    Set<Position> ends = new HashSet<>(more);
    view.covers().forEach(cover -> ends.add(cover.end()));
    List<Position> withLost = newestFirst(ends);
    for (KeepPolicy.Rule rule : policy.rules()) {
      byRule.put(rule, rule(rule, nodes));
      rule(rule, withLost);
    }
    reasons.forEach((position, why) ->
        all.add(new Promise(position, Optional.ofNullable(times.get(position)), why)));
    all.sort(Comparator.comparing(promise -> promise.position().txid()));
    all.forEach(promise -> promises.put(promise.position().txid().value(), promise));
  }

  private void addTimes() {
    for (View.Cover cover : view.covers()) {
      cover.time().ifPresent(time -> times.put(cover.end(), time));
    }
    for (View.Segment segment : view.below()) {
      segment.end().ifPresent(end -> segment.time().ifPresent(time -> times.put(end, time)));
    }
    for (View.Segment segment : view.above()) {
      segment.end().ifPresent(end -> segment.time().ifPresent(time -> times.put(end, time)));
    }
  }

  /// Those at or below the boundary.
  private List<Position> newestFirst(Set<Position> positions) {
    return positions.stream()
        .filter(position -> !position.equals(Position.START))
        .filter(position -> position.txid().compareTo(view.start().txid()) <= 0)
        .sorted(Comparator.comparing(Position::txid).reversed())
        .toList();
  }

  /// The last node of each bucket within the span. One whose time is not known could be in any
  /// bucket from that of the node before it to that of the node behind it.
  private List<Position> rule(KeepPolicy.Rule rule, List<Position> nodes) {
    Instant since = now.minus(rule.span());
    List<Position> kept = new ArrayList<>();
    Optional<Instant> later = Optional.empty();
    for (int i = 0; i < nodes.size(); i++) {
      Position node = nodes.get(i);
      Optional<Instant> time = time(node);
      if (time.isPresent()) {
        if (isLast(rule, time, later) && !time.get().isBefore(since)) {
          promise(node, rule.unit().word() + " " + rule.unit().name(time.get()));
          kept.add(node);
        }
        later = time;
      } else if (isLast(rule, earlier(nodes, i), later)
          && !later.orElse(Instant.MAX).isBefore(since)) {
        promise(node, "its time is not known");
      }
    }
    return kept;
  }

  /// Whether a later node is in another bucket, or nobody knows.
  private static boolean isLast(
      KeepPolicy.Rule rule, Optional<Instant> time, Optional<Instant> later) {
    return time.isEmpty()
        || later.isEmpty()
        || rule.unit().bucket(time.get()) != rule.unit().bucket(later.get());
  }

  /// The time of the next node before one, among these newest first.
  private Optional<Instant> earlier(List<Position> nodes, int node) {
    return nodes.subList(node + 1, nodes.size()).stream()
        .flatMap(position -> time(position).stream())
        .findFirst();
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
