package dev.tidemark.sqlite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file that stays open from open to close, by hand.
///
/// Closing any descriptor of a database or `-shm` drops all POSIX locks this process has on it,
/// those of SQLite's own connections included. So these files have one owner, are opened before
/// SQLite connects and closed after it has disconnected, and are never closed by a collector.
interface RawFile extends AutoCloseable {
  /// Reads up to `length` bytes; fewer only at the end of the file.
  int read(long position, byte[] target, int from, int length) throws IOException;

  long size() throws IOException;

  FileStat stat() throws IOException;

  /// Makes the bytes durable, without the times.
  void dataSync() throws IOException;

  /// Maps the first `length` bytes for reading until this file is closed.
  MemorySegment map(long length) throws IOException;

  @Override
  void close() throws IOException;
}
