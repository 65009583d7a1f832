package dev.tidemark.bench;

import java.util.Locale;

/// One line of the table: what was measured, the figures behind it, the figure that counts, and
/// what it should be. Without a goal it only informs.
record Row(String what, String figures, double value, Goal goal) {
  /// What a figure should be.
  sealed interface Goal {
    record AtMost(double limit) implements Goal {}

    record AtLeast(double limit) implements Goal {}

    record None() implements Goal {}
  }

  static Row atMost(String what, String figures, double value, double limit) {
    return new Row(what, figures, value, new Goal.AtMost(limit));
  }

  static Row atLeast(String what, String figures, double value, double limit) {
    return new Row(what, figures, value, new Goal.AtLeast(limit));
  }

  static Row info(String what, String figures, double value) {
    return new Row(what, figures, value, new Goal.None());
  }

  static final String HEAD =
      "| %-52s | %-44s | %9s | %9s | %-6s |\n".formatted("what", "figures", "result", "goal", "")
          + "| %s | %s | %s: | %s: | %s |"
              .formatted(
                  "-".repeat(52), "-".repeat(44), "-".repeat(8), "-".repeat(8), "-".repeat(6));

  String line() {
    String wanted =
        switch (goal) {
          case Goal.AtMost(double limit) -> "≤ " + number(limit);
          case Goal.AtLeast(double limit) -> "≥ " + number(limit);
          case Goal.None() -> "";
        };
    String verdict =
        switch (goal) {
          case Goal.AtMost(double limit) -> value <= limit ? "met" : "missed";
          case Goal.AtLeast(double limit) -> value >= limit ? "met" : "missed";
          case Goal.None() -> "";
        };
    return "| %-52s | %-44s | %9s | %9s | %-6s |"
        .formatted(what, figures, number(value), wanted, verdict);
  }

  /// Three significant digits.
  static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
