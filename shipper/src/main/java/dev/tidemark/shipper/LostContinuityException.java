package dev.tidemark.shipper;

/// What was read does not continue what was read before. The answer is a resync, never a guess.
final class LostContinuityException extends Exception {
  LostContinuityException(String message) {
    super(message);
  }
}
