package dev.tidemark.sqlite;

/// Bytes of a file that are locked together.
public record LockRange(long offset, long length) {
  static LockRange at(long offset) {
    return new LockRange(offset, 1);
  }
}
