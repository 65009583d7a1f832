package dev.tidemark.store;

/// What a put-if-absent is known to have done.
public enum PutOutcome {
  /// Ours was stored, in this very call.
  STORED,
  /// The store says that the key exists. It may be ours, from an earlier attempt whose answer was
  /// lost.
  PRESENT,
  /// No clear answer (409, 5xx, timeout, connection lost): it may be stored, now or later.
  UNCLEAR
}
