package dev.tidemark.cli.kill;

/// Something that must never be.
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  Violation(String what) {
    super(what);
  }
}
