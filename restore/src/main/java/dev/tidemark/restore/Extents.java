package dev.tidemark.restore;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// How much is lost with a segment that a prover misses: more than what lay in it, as [Losses]
/// tells it. A look at the log, once for each time that something is found; what the keys say
/// counts, and nothing is read but the end of the last segment.
final class Extents {
  private final ObjectStore store;
  private final ProofState state;

  Extents(ObjectStore store, ProofState state) {
    this.store = store;
    this.state = state;
  }

  /// The same problems, each with all that is lost with it. `others` are known too.
  List<VerifyResult.Problem> of(
      List<VerifyResult.Problem> problems, List<VerifyResult.Problem> others)
      throws StoreException, InterruptedException {
    if (problems.stream().noneMatch(it -> it.positions().isPresent())) {
      return problems;
    }
    try {
      Optional<Chain> chain = Chain.read(store);
      return chain.isEmpty()
          ? problems
          : of(problems, chain.get(), Stream.concat(problems.stream(), others.stream()).toList());
    } catch (DamagedLogException _) {
      // A log that cannot be listed: what is known of each object has to do.
      return problems;
    }
  }

  private List<VerifyResult.Problem> of(
      List<VerifyResult.Problem> problems, Chain chain, List<VerifyResult.Problem> known)
      throws StoreException, DamagedLogException, InterruptedException {
    VerifyReport report = new VerifyReport();
    Segments segments = segments(chain, known);
    List<Reach.Step> steps = new ArrayList<>(segments.steps());
    steps.addAll(covers(chain));
    new Losses(new Reach(List.of(Position.START), steps), report).tell(chain, segments);
    Map<String, VerifyResult.Problem> told = new HashMap<>();
    report.problems().forEach(it -> told.put(it.key(), it));
    return problems.stream()
        .map(it -> isInside(it, chain) ? told.getOrDefault(it.key(), it) : it)
        .toList();
  }

  /// Whether the log goes on behind it. How far it went is told best by whoever missed its end.
  private static boolean isInside(VerifyResult.Problem problem, Chain chain) {
    if (chain.slots().isEmpty() || isStray(problem)) {
      return false;
    }
    ObjectKey.Slot last = (ObjectKey.Slot) chain.slots().getLast().key();
    return slot(problem).stream().anyMatch(it -> it.first().compareTo(last.first()) < 0)
        || chain.boundary().stream()
            .anyMatch(it -> BoundaryRecord.key(it.number()).equals(problem.key()));
  }

  private static boolean isStray(VerifyResult.Problem problem) {
    return problem.problem().startsWith(Losses.STRAY);
  }

  private static Optional<ObjectKey.Slot> slot(VerifyResult.Problem problem) {
    return ObjectKey.parse(problem.key()).stream()
        .filter(ObjectKey.Slot.class::isInstance)
        .map(ObjectKey.Slot.class::cast)
        .findFirst();
  }

  /// Those that are listed and those that are missed, each up to where the next one begins.
  private Segments segments(Chain chain, List<VerifyResult.Problem> known)
      throws StoreException, DamagedLogException, InterruptedException {
    TreeMap<String, Optional<String>> problems = new TreeMap<>();
    chain.slots().forEach(item -> problems.put(item.key().text(), Optional.empty()));
    for (VerifyResult.Problem problem : known) {
      if (isStray(problem)) {
        problems.remove(problem.key());
      } else if (slot(problem).stream().anyMatch(it -> isAbove(it, chain))) {
        problems.put(problem.key(), Optional.of(problem.problem()));
      }
    }
    List<Segments.Segment> segments = new ArrayList<>();
    boolean isEndLost = problems.isEmpty() || problems.lastEntry().getValue().isPresent();
    Optional<Position> end = isEndLost ? Optional.empty() : head(chain);
    for (Map.Entry<String, Optional<String>> entry : problems.descendingMap().entrySet()) {
      ObjectKey.Slot slot = (ObjectKey.Slot) ObjectKey.parse(entry.getKey()).orElseThrow();
      segments.add(new Segments.Segment(slot, end, List.of(), entry.getValue()));
      end = Optional.of(slot.start());
    }
    return new Segments(segments.reversed());
  }

  private static boolean isAbove(ObjectKey.Slot slot, Chain chain) {
    return slot.first().compareTo(chain.start().txid()) > 0;
  }

  private Optional<Position> head(Chain chain)
      throws StoreException, DamagedLogException, InterruptedException {
    return chain.lastSegment(store).map(IndexFrame::end);
  }

  private List<Reach.Step> covers(Chain chain) {
    Set<String> damaged = new HashSet<>();
    state.covers.forEach(it -> damaged.add(it.key()));
    List<Reach.Step> steps = new ArrayList<>();
    for (Chain.Item item : chain.covers()) {
      if (!damaged.contains(item.key().text())) {
        steps.add(Covers.step(item.key(), Optional.empty()));
      }
    }
    return steps;
  }
}
