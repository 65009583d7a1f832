package dev.tidemark.retention;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads one policy word by word.
final class KeepPolicyText {
  private final String text;
  private final List<KeepPolicy.Rule> rules = new ArrayList<>();
  private final Set<Granularity> seen = EnumSet.noneOf(Granularity.class);
  private Optional<Duration> transactions = Optional.empty();

  KeepPolicyText(String text) {
    this.text = text;
  }

  KeepPolicy.Rules parse() {
    int at = 0;
    for (String word : text.split(",", -1)) {
      word(word, at);
      at += word.length() + 1;
    }
    return new KeepPolicy.Rules(transactions.orElse(Duration.ZERO), rules);
  }

  private void word(String word, int at) {
    int equals = word.indexOf('=');
    if (equals < 0) {
      throw refused(
          at,
          word.equals(KeepPolicy.ALL)
              ? "'all' stands alone"
              : "'" + word + "' is not of the form hourly=7d");
    }
    String name = word.substring(0, equals);
    Duration span = span(word.substring(equals + 1), at + equals + 1);
    if (name.equals(KeepPolicy.TRANSACTIONS)) {
      if (transactions.isPresent()) {
        throw refused(at, "'transactions' is there twice");
      }
      transactions = Optional.of(span);
      return;
    }
    Granularity unit = unit(name, at);
    if (!seen.add(unit)) {
      throw refused(at, "'" + name + "' is there twice");
    }
    rules.add(new KeepPolicy.Rule(unit, span));
  }

  private Duration span(String word, int at) {
    try {
      return Durations.parse(word);
    } catch (IllegalArgumentException e) {
      throw refused(at, String.valueOf(e.getMessage()));
    }
  }

  private Granularity unit(String name, int at) {
    String meant = "";
    for (Granularity unit : Granularity.values()) {
      if (unit.word().equals(name)) {
        return unit;
      }
      meant += isMeant(name, unit.word()) ? "; did you mean " + unit.word() + "?" : "";
    }
    meant += isMeant(name, KeepPolicy.TRANSACTIONS) ? "; did you mean transactions?" : "";
    throw refused(
        at,
        "'"
            + name
            + "' is not one of transactions, hourly, daily, weekly, monthly, yearly"
            + meant);
  }

  /// The words differ in their first letter already.
  private static boolean isMeant(String name, String word) {
    return !name.isEmpty() && Character.toLowerCase(name.charAt(0)) == word.charAt(0);
  }

  private RefusedTextException refused(int at, String reason) {
    return new RefusedTextException(text, at, reason);
  }
}
