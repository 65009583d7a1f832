package dev.tidemark.retention;

/// A policy or a list of levels that cannot be meant: what is wrong, and at which character of the
/// text.
public final class RefusedTextException extends IllegalArgumentException {
  private final int at;

  RefusedTextException(String text, int at, String reason) {
    super("'" + text + "', character " + (at + 1) + ": " + reason);
    this.at = at;
  }

  /// The place in the text, counted from 0.
  public int at() {
    return at;
  }
}
