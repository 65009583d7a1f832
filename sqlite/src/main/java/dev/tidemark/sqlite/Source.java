package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A live WAL database as capturing sees it: what is committed, the bytes, and the pin that keeps
/// them. Nothing here writes to the database. One thread at a time, but for [#syncWal].
///
/// Capture code is written against this, so that it also runs against a database made of memory.
public interface Source extends AutoCloseable {
  /// The database file, symbolic links resolved.
  Path path();

  int pageSize();

  WalPin pin();

  /// Whether [#header] may answer something new. Costs a few nanoseconds.
  boolean changed();

  /// What is committed now; empty while it cannot be told (see [WalIndex#header]).
  Optional<WalIndexHeader> header();

  /// Frames that are in the database file already.
  long nBackfill();

  Optional<CheckpointInfo> checkpointInfo();

  /// Reads from the WAL file; fewer than `length` bytes only at its end.
  ///
  /// The log's own header belongs to the frames once mxFrame is above 0. It is new when the salts
  /// changed, and also when mxFrame was 0 before, whatever the salts.
  int readWal(long offset, byte[] target, int from, int length) throws IOException;

  /// Reads from the database file; fewer than `length` bytes only at its end.
  int readDatabase(long offset, byte[] target, int from, int length) throws IOException;

  /// Makes the WAL's bytes durable, so that what is published was not lost by a power failure. May
  /// be called beside everything else but [#close].
  void syncWal() throws IOException;

  FileStat databaseStat() throws IOException;

  FileStat walStat() throws IOException;

  /// Whether the paths of database, -wal and -shm still lead to the files that are open here.
  boolean stillSameFiles() throws IOException;

  /// Whether nobody who opens files by these names now can write to the WAL that is open here: its
  /// name leads elsewhere, or none of them is a database. What is committed in it was then
  /// committed to the database that is open here, and not to one that took its name. False where
  /// that cannot be told.
  default boolean isOutOfReach() throws IOException {
    return false;
  }

  /// A PASSIVE checkpoint by a short-lived connection.
  CheckpointResult checkpointPassive() throws IOException;

  /// Whether somebody holds both the checkpointer's and the writer's lock: a FULL, RESTART or
  /// TRUNCATE that runs, or waits for the pin. False where locks cannot be queried.
  boolean checkpointerIsWaiting() throws IOException;

  @Override
  void close() throws IOException;
}
