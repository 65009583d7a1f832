package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import java.util.List;
import java.util.Optional;

/// What a verification found. Problems endanger a promised position; notes are leftovers, orphans,
/// uploads that never ended, and names that are none of Tidemark's. Many of one kind are one note,
/// with the key of the first of them.
public record VerifyResult(
    Optional<Position> head, int objects, List<Problem> problems, List<Note> notes) {
  /// `positions` says which ones are lost, as ranges of transactions, or what a pin names; empty if
  /// none is known to be.
  public record Problem(String key, String problem, Optional<String> positions) {}

  public record Note(String key, String note) {}

  public VerifyResult {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  public boolean ok() {
    return problems.isEmpty();
  }
}
