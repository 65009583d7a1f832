package dev.tidemark.sqlite;

/// Bytes of a WAL that are not what SQLite writes. Reading again does not help.
public final class CorruptWalException extends Exception {
  private final long offset;

  public CorruptWalException(long offset, String message) {
    super(message);
    this.offset = offset;
  }

  /// Where in the file, in bytes.
  public long offset() {
    return offset;
  }
}
