package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What retention has promised in a simulated bucket, and what covers must be: each leads from a
/// state of the chain to a later one; pins stay restorable; the boundary waits for replicas; and
/// where all maintainers have one policy, each bucket of time of it keeps a position.
/// AssertionError: it does not hold.
final class SimPromises {
  /// A position that the policy keeps, and the time of its transaction.
  private record Kept(Position position, Instant time) {}

  private final Map<String, Position> pins = new TreeMap<>();
  private final SimReplicas replicas = new SimReplicas();
  private final Set<SimObject> judged = Collections.newSetFromMap(new IdentityHashMap<>());
  private Map<SimPolicy.Rule, Map<Long, Kept>> kept = Map.of();
  private Optional<SimPolicy> policy = Optional.empty();
  private boolean lastOnes;

  /// From now on all maintainers have this policy. `lastOnes`: and one set of levels, so that of
  /// each bucket of time the last position stays.
  void policy(SimPolicy all, boolean alsoLevels) {
    policy = Optional.of(all);
    lastOnes = alsoLevels;
  }

  /// Its maker was told that this pin is safe.
  void pinned(String name, Position position) {
    pins.put(name, position);
  }

  /// It is about to be removed.
  void unpinned(String name) {
    pins.remove(name);
  }

  Map<String, Position> pins() {
    return pins;
  }

  SimReplicas replicas() {
    return replicas;
  }

  /// `seen`: all states that were restorable at some time.
  void check(SimBucket bucket, Map<Position, byte[]> seen, Instant now) {
    bucket
        .covers()
        .forEach((key, cover) -> {
          if (judged.add(cover)) {
            checkCover(key, cover, seen);
          }
        });
    pins.forEach((name, position) ->
        SimJudge.require(
            bucket.nodes().containsKey(position) || bucket.states().containsKey(position),
            "pinned, and gone: %s at %s".formatted(name, position)));
    replicas.check(bucket.boundaries());
    policy.ifPresent(all -> checkPolicy(all, bucket, now));
  }

  private static void checkCover(String key, SimObject cover, Map<Position, byte[]> seen) {
    byte[] before = seen.get(cover.start());
    byte[] after = seen.get(cover.end());
    SimJudge.require(
        after != null && (before != null || cover.start().equals(Position.START)),
        "is of no use: %s leads from %s to %s".formatted(key, cover.start(), cover.end()));
    byte[] file = before == null ? new byte[0] : before;
    for (SimObject.Change change : cover.changes()) {
      file = change.applyTo(file);
    }
    SimJudge.require(Arrays.equals(file, after), "is wrong: " + key);
  }

  private void checkPolicy(SimPolicy all, SimBucket bucket, Instant now) {
    Map<SimPolicy.Rule, Map<Long, Kept>> next = new HashMap<>();
    for (SimPolicy.Rule rule : all.rules()) {
      Map<Long, Kept> last = last(rule, bucket, now);
      next.put(rule, last);
      kept.getOrDefault(rule, Map.of())
          .forEach((number, before) -> {
            Optional<Kept> after = Optional.ofNullable(last.get(number));
            boolean holds = after.isPresent() && (!lastOnes || !isLater(before, after.get()));
            SimJudge.require(
                holds || !rule.isWithin(before.time(), now),
                "kept by the policy, and gone: %s of %s, there is %s"
                    .formatted(before, rule, after));
          });
    }
    kept = next;
  }

  private static boolean isLater(Kept one, Kept other) {
    return one.position().txid().compareTo(other.position().txid()) > 0;
  }

  /// Of each bucket of time the last position that covers lead to.
  private static Map<Long, Kept> last(SimPolicy.Rule rule, SimBucket bucket, Instant now) {
    Map<Long, Kept> last = new HashMap<>();
    bucket
        .nodes()
        .forEach((position, cover) -> {
          Instant time = Instant.ofEpochMilli(cover.changes().getLast().timeMillis());
          boolean isBelow = position.txid().compareTo(bucket.boundary().txid()) <= 0;
          if (isBelow && rule.isWithin(time, now)) {
            last.merge(
                rule.bucketOf(time),
                new Kept(position, time),
                (one, other) -> isLater(one, other) ? one : other);
          }
        });
    return last;
  }
}
