package dev.tidemark.cli;

import dev.tidemark.ltx.Txid;
import java.time.Instant;
import java.util.Optional;

/// An end of a range of transactions, by number or by time; both ends belong to the range.
record LogBound(Optional<Txid> txid, Optional<Instant> time) {
  static final LogBound NONE = new LogBound(Optional.empty(), Optional.empty());

  static LogBound parse(String text) {
    return text.contains(":") || text.contains("-")
        ? new LogBound(Optional.empty(), Optional.of(Words.time(text)))
        : new LogBound(Optional.of(Words.txid(text)), Optional.empty());
  }

  boolean isBefore(Instant other) {
    return time.map(bound -> bound.isBefore(other)).orElse(false);
  }

  boolean isAfter(Instant other) {
    return time.map(bound -> bound.isAfter(other)).orElse(false);
  }
}
