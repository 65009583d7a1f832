package dev.tidemark.cli;

import dev.tidemark.ltx.Txid;
import java.time.Instant;
import java.util.Optional;

/// An end of a range of transactions, by number or by time.
record LogBound(Optional<Txid> txid, Optional<Instant> time) {
  static final LogBound NONE = new LogBound(Optional.empty(), Optional.empty());

  static LogBound parse(String text) {
    return text.contains(":") || text.contains("-")
        ? new LogBound(Optional.empty(), Optional.of(Words.time(text)))
        : new LogBound(Optional.of(Words.txid(text)), Optional.empty());
  }

  /// As a lower end.
  boolean isReachedBy(Txid number, Instant when) {
    return txid.map(bound -> number.compareTo(bound) >= 0).orElse(true)
        && time.map(bound -> !when.isBefore(bound)).orElse(true);
  }

  /// As an upper end.
  boolean isNotPassedBy(Txid number, Instant when) {
    return txid.map(bound -> number.compareTo(bound) <= 0).orElse(true)
        && time.map(bound -> !when.isAfter(bound)).orElse(true);
  }
}
