package dev.tidemark.sqlite;

import java.util.List;

/// How far checkpoints have come, and which frames readers hold; read beside the header, without a
/// lock, so each value is true by itself but not together with the others.
///
/// @param nBackfill frames that are in the database file already
/// @param nBackfillAttempted at least nBackfill; larger while a checkpoint runs or after one died
/// @param readMarks five marks, unsigned; [#UNUSED] means that the slot is free
public record CheckpointInfo(long nBackfill, long nBackfillAttempted, List<Long> readMarks) {
  public static final long UNUSED = 0xFFFF_FFFFL;

  public CheckpointInfo {
    readMarks = List.copyOf(readMarks);
  }
}
