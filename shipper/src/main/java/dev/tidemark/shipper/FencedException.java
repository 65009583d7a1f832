package dev.tidemark.shipper;

/// This writer may not go on: another one holds the slot or the head, the log is another
/// database's, or another daemon ships the same database here. The message says who and what to do.
/// Exit code 6.
public final class FencedException extends Exception {
  public FencedException(String message) {
    super(message);
  }
}
