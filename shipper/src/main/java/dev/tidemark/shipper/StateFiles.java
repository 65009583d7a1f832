package dev.tidemark.shipper;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// The files of one state directory, under flat names. All that the shipper writes locally goes
/// through here, so that a test can own the disk.
interface StateFiles extends AutoCloseable {
  /// An open file; reads and writes at any offset. One thread at a time, but for reads and syncs,
  /// which several may do at once.
  interface Handle extends AutoCloseable {
    long size() throws IOException;

    void write(long offset, byte[] bytes, int from, int length) throws IOException;

    /// Reads exactly `length` bytes; EOFException where the file is shorter.
    void read(long offset, byte[] into, int at, int length) throws IOException;

    void truncate(long size) throws IOException;

    /// Makes content and size durable. The file's name is durable after [StateFiles#syncFolder].
    void sync() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// Opens a file for reading and writing, made if it is missing.
  Handle open(String name) throws IOException;

  /// Opens a file to read it; NoSuchFileException if it is missing.
  Handle openExisting(String name) throws IOException;

  /// Maps the first `bytes` of a file, which grows to that size; writes reach the file even if the
  /// process is killed. Valid until the next call for the same name, or [#close].
  MemorySegment map(String name, long bytes) throws IOException;

  long size(String name) throws IOException;

  Optional<byte[]> read(String name) throws IOException;

  /// Replaces a small file: afterwards it is durably either the old or the new one.
  void replace(String name, byte[] content) throws IOException;

  /// Renames a file, over another one if there is one; durable after [#syncFolder].
  void rename(String from, String to) throws IOException;

  /// Removes a file; missing is fine.
  void delete(String name) throws IOException;

  List<String> names() throws IOException;

  /// Makes created and removed names durable.
  void syncFolder() throws IOException;

  /// Free bytes of the disk.
  long usableBytes() throws IOException;

  @Override
  void close() throws IOException;
}
