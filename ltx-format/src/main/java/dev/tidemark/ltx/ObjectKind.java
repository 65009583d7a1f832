package dev.tidemark.ltx;

/// What an object is, in the order of what may replace what.
public enum ObjectKind {
  SEGMENT(1),
  MERGED(2),
  SNAPSHOT(3);

  private final int code;

  ObjectKind(int code) {
    this.code = code;
  }

  /// How the index frame names it.
  int code() {
    return code;
  }
}
