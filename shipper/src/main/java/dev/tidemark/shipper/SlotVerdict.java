package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import java.util.Optional;
import java.util.Set;

/// What a slot that was read back means to the writer who tried to put there.
sealed interface SlotVerdict {
  /// Nothing is there: put the identical bytes again. No proof of anything.
  record Absent() implements SlotVerdict {}

  /// What is there is ours. No proof either: the boundary comes next.
  record Ours() implements SlotVerdict {}

  /// Somebody else's; `holder` says whose.
  record Foreign(String holder) implements SlotVerdict {}

  /// Ours is what was written by one of our runs, for our database, and agrees with our object in
  /// every position.
  static SlotVerdict of(Optional<IndexFrame> found, IndexFrame ours, Set<Id128> runs) {
    if (found.isEmpty()) {
      return new Absent();
    }
    IndexFrame there = found.get();
    Id128 writer = there.identity().runId();
    boolean same =
        there.identity().databaseId().equals(ours.identity().databaseId())
            && runs.contains(writer)
            && samePositions(there, ours);
    return same ? new Ours() : new Foreign("run " + writer + ", which ends at " + there.end());
  }

  private static boolean samePositions(IndexFrame a, IndexFrame b) {
    if (!a.start().equals(b.start()) || a.fileCount() != b.fileCount()) {
      return false;
    }
    for (int i = 0; i < a.fileCount(); i++) {
      if (!a.position(i).equals(b.position(i))) {
        return false;
      }
    }
    return true;
  }
}
