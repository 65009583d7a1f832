package dev.tidemark.sqlite;

/// What `PRAGMA wal_checkpoint` answered.
///
/// @param busy somebody kept it from finishing
/// @param logFrames frames in the WAL, -1 when there is none
/// @param backfilledFrames how many of them are in the database file
public record CheckpointResult(boolean busy, long logFrames, long backfilledFrames) {
  public boolean isComplete() {
    return !busy && logFrames == backfilledFrames;
  }
}
