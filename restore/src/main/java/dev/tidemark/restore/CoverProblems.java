package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What is wrong with merged files and snapshots, which positions below the boundary are lost with
/// them, and which of them can be made again.
///
/// Below the boundary only the ends of covers can be had. Those are lost to which damaged ones led,
/// and nothing else does.
final class CoverProblems {
  private static final String MADE_AGAIN = "; can be made again: tidemark maintain URL --repair";

  private final Chain chain;
  private final Covers covers;
  private final Segments segments;
  private final Map<ObjectKey, String> damage = new LinkedHashMap<>();

  CoverProblems(Chain chain, Covers covers, Segments segments) {
    this.chain = chain;
    this.covers = covers;
    this.segments = segments;
  }

  /// What was found wrong with a cover, in the order in which it is told.
  void damaged(ObjectKey key, String problem) {
    damage.putIfAbsent(key, problem);
  }

  /// What can be had with all that is sound.
  Reach reach() {
    return new Reach(List.of(Position.START), sound());
  }

  /// `hasGrown`: the log has gone on since its segments were listed, so nobody knows what ends
  /// behind them.
  void tell(Reach reach, boolean hasGrown, VerifyReport report) {
    Map<ObjectKey, List<String>> lost = lostBelow(reach);
    damage.forEach((key, problem) -> {
      String text = problem + (canBeMadeAgain(key) ? MADE_AGAIN : "");
      if (lost.containsKey(key)) {
        report.lost(key.text(), text, String.join(", ", lost.getOrDefault(key, List.of())));
      } else {
        report.problem(key.text(), text);
      }
    });
    for (Chain.Item item : chain.covers()) {
      Position end = Covers.end(item.key());
      if (!damage.containsKey(item.key()) && reach.contains(end) && isForeign(end, hasGrown)) {
        report.problem(item.key().text(), "holds " + end + ", which is not in the log");
      }
    }
  }

  /// Whether one ends behind the head.
  boolean isAnyBeyond() {
    return chain.covers().stream().anyMatch(item -> isBeyond(Covers.end(item.key())));
  }

  private boolean isBeyond(Position end) {
    return segments.end().stream().anyMatch(head -> end.txid().compareTo(head.txid()) > 0);
  }

  /// Beyond the head, or at a transaction that leads elsewhere.
  private boolean isForeign(Position end, boolean hasGrown) {
    return end.txid().compareTo(chain.start().txid()) > 0
        && (isBeyond(end) ? !hasGrown : segments.contradict(end));
  }

  private List<Reach.Step> sound() {
    List<Reach.Step> steps = new ArrayList<>(segments.steps());
    for (Chain.Item item : chain.covers()) {
      if (!damage.containsKey(item.key())) {
        steps.add(step(item.key()));
      }
    }
    return steps;
  }

  private Reach.Step step(ObjectKey key) {
    return Covers.step(key, covers.start(key));
  }

  /// Whether other objects lead from where it begins to where it ends.
  private boolean canBeMadeAgain(ObjectKey key) {
    List<Reach.Step> others = sound();
    Reach.Step step = step(key);
    List<Position> origins =
        step.start()
            .map(List::of)
            .orElseGet(() ->
                others.stream()
                    .flatMap(it -> Stream.concat(it.start().stream(), it.end().stream()))
                    .filter(it -> it.txid().equals(step.before()))
                    .toList());
    return new Reach(origins, others).contains(Covers.end(key));
  }

  /// Runs of positions to which nothing leads any more, by the damaged cover that is to blame: the
  /// last one up to where a run begins.
  private Map<ObjectKey, List<String>> lostBelow(Reach reach) {
    List<Position> origins = new ArrayList<>(List.of(Position.START));
    damage.keySet().forEach(key -> origins.add(Covers.end(key)));
    Map<ObjectKey, List<String>> lost = new HashMap<>();
    List<Position> run = new ArrayList<>();
    for (Position position : new Reach(origins, sound()).positions()) {
      boolean isBelow = position.txid().compareTo(chain.start().txid()) < 0;
      if (isBelow && !reach.contains(position)) {
        run.add(position);
      } else if (!run.isEmpty()) {
        note(run, lost);
        run.clear();
      }
    }
    if (!run.isEmpty()) {
      note(run, lost);
    }
    return lost;
  }

  private void note(List<Position> run, Map<ObjectKey, List<String>> lost) {
    Txid first = run.getFirst().txid();
    Txid last = run.getLast().txid();
    damage.keySet().stream()
        .filter(key -> Covers.end(key).txid().compareTo(first) <= 0)
        .max(Comparator.comparing(key -> Covers.end(key).txid()))
        .ifPresent(key ->
            lost.computeIfAbsent(key, _ -> new ArrayList<>())
                .add(first.equals(last) ? first.toString() : first + " to " + last));
  }
}
