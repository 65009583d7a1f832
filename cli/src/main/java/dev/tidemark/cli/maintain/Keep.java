package dev.tidemark.cli.maintain;

import dev.tidemark.retention.KeepPolicy;
import java.util.Optional;
import java.util.stream.Stream;

/// A policy as it was given, and what is to be said about it before anything is done.
public record Keep(KeepPolicy policy, Optional<String> warning) {
  public static Keep parse(String text) {
    return new Keep(KeepPolicy.parse(text), warning(text));
  }

  /// Whoever names hours and days only may well expect the last hour to stay as it is.
  private static Optional<String> warning(String text) {
    boolean isSaid =
        text.equals(KeepPolicy.ALL)
            || Stream.of(text.split(",", -1))
                .anyMatch(word -> word.startsWith(KeepPolicy.TRANSACTIONS + "="));
    return isSaid
        ? Optional.empty()
        : Optional.of(
            "'keep' names no transactions in '%s', so single ones go as soon as they are merged and past the grace time; add transactions=24h, or transactions=0s if that is meant"
                .formatted(text));
  }
}
