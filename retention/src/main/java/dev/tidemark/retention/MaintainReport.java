package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ObjectKey;
import java.util.List;
import java.util.Optional;

/// What a run of maintenance did, or would do.
///
/// @param made merged files and snapshots
/// @param boundary where it was moved to, or would be; empty: it stays
/// @param boundaryReason why
/// @param decisions each object that was there, and what becomes of it; empty if nothing was to be
///   deleted
/// @param deleted how many objects are gone
/// @param refused what the store kept although it was asked to delete it
/// @param abortedUploads leftovers of uploads that never ended
/// @param restorable what stays restorable, and how finely
/// @param problems damage and holes that nothing covers: positions are in danger or lost
/// @param notes what is odd and does no harm
public record MaintainReport(
    List<Made> made,
    Optional<Position> boundary,
    String boundaryReason,
    List<Decision> decisions,
    long deleted,
    long deletedBytes,
    List<DeleteRefusal> refused,
    long abortedUploads,
    List<Restorable> restorable,
    List<Problem> problems,
    List<String> notes) {

  /// An object that was made of others; or would be, then without a size.
  public record Made(ObjectKey key, int inputs, long inputBytes, long bytes) {}

  /// Something that is lost or damaged, and what to know about it.
  public record Problem(String key, String reason) {
    @Override
    public String toString() {
      return key + ": " + reason;
    }
  }

  public MaintainReport {
    made = List.copyOf(made);
    decisions = List.copyOf(decisions);
    refused = List.copyOf(refused);
    restorable = List.copyOf(restorable);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  public boolean ok() {
    return problems.isEmpty();
  }
}
