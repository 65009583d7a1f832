package dev.tidemark.retention;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What must stay restorable, and for how long.
public sealed interface KeepPolicy {
  /// Nothing is ever deleted.
  record All() implements KeepPolicy {
    @Override
    public String toString() {
      return ALL;
    }
  }

  /// One position in each bucket of the unit, as long as it is younger than the span.
  record Rule(Granularity unit, Duration span) {
    @Override
    public String toString() {
      return unit.word() + "=" + Durations.print(span);
    }
  }

  /// Every transaction for a while, then the rules. A policy that does not name `transactions`
  /// keeps no transaction for its own sake.
  record Rules(Duration transactions, List<Rule> rules) implements KeepPolicy {
    public Rules {
      rules = List.copyOf(rules);
    }

    @Override
    public String toString() {
      List<String> words = new ArrayList<>();
      words.add(TRANSACTIONS + "=" + Durations.print(transactions));
      rules.forEach(rule -> words.add(rule.toString()));
      return String.join(",", words);
    }
  }

  String ALL = "all";
  String TRANSACTIONS = "transactions";

  KeepPolicy DEFAULT = parse("transactions=24h,hourly=7d,daily=30d");

  /// Reads `transactions=24h,hourly=7d,daily=30d` or `all`.
  static KeepPolicy parse(String text) {
    return text.equals(ALL) ? new All() : new KeepPolicyText(text).parse();
  }
}
