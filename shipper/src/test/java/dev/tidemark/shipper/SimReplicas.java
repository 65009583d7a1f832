package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where the replicas of a simulated bucket have said that they are, and that the boundary waits
/// for them. AssertionError: it does not.
///
/// Whoever stores boundary record n has read the replicas after he saw record n - 1. So a replica
/// that had said where it is before that one was stored was seen.
final class SimReplicas {
  /// @param seenFrom the first boundary record whose maker has surely seen the replica
  private record Told(Position position, int seenFrom) {}

  private final Map<String, Told> told = new TreeMap<>();
  private int checked;

  /// A replica is about to say that it has come to a later position.
  void advances(String id, Position to) {
    told.computeIfPresent(id, (_, before) -> new Told(to, before.seenFrom()));
  }

  /// It has said so, and there are so many boundary records now.
  void hasSaid(String id, Position position, int boundaries) {
    told.putIfAbsent(id, new Told(position, boundaries + 2));
  }

  /// It is about to remove its record.
  void leaves(String id) {
    told.remove(id);
  }

  /// Where a replica has said that it is.
  Optional<Position> position(String id) {
    return Optional.ofNullable(told.get(id)).map(Told::position);
  }

  /// `boundaries`: the positions of all boundary records, oldest first.
  void check(List<Position> boundaries) {
    for (; checked < boundaries.size(); checked++) {
      int number = checked + 1;
      Position to = boundaries.get(checked);
      boolean moves = checked == 0 || !boundaries.get(checked - 1).equals(to);
      told.forEach((id, replica) ->
          SimJudge.require(
              !moves
                  || number < replica.seenFrom()
                  || to.txid().compareTo(replica.position().txid()) <= 0,
              "the boundary passed a replica: %s is at %s, record %d at %s"
                  .formatted(id, replica.position(), number, to)));
    }
  }
}
