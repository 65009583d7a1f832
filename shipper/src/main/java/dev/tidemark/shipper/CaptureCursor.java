package dev.tidemark.shipper;

/// How far a WAL has been read: its generation (salts), the last frame taken (0: none of this
/// generation), the running frame checksum there, and SQLite's count of transactions (`iChange`) at
/// that moment.
record CaptureCursor(long salts, long frame, long frameChecksum, long changes) {
  /// The count is not known: the first batch from here proves itself by the chain of frame
  /// checksums alone.
  static final long CHANGES_UNKNOWN = -1;

  /// No WAL read yet.
  static final CaptureCursor NONE = new CaptureCursor(0, 0, 0, CHANGES_UNKNOWN);

  /// The start of a WAL generation of which everything is new.
  static CaptureCursor startOf(long salts) {
    return new CaptureCursor(salts, 0, 0, CHANGES_UNKNOWN);
  }
}
