package dev.tidemark.store;

/// The log has no such position, or keeps it no longer. The message says what there is. Exit code
/// 4.
public final class PositionNotFoundException extends Exception {
  public PositionNotFoundException(String message) {
    super(message);
  }
}
