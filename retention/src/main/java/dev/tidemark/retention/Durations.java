package dev.tidemark.retention;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: a number and ms, s, m, h, d, w, mo or y. A month is 30 days and
/// a year 365, so that a span means the same on every day it is read.
public final class Durations {
  private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|mo|m|h|d|w|y)");

  private enum Unit {
    Y(Duration.ofDays(365)),
    MO(Duration.ofDays(30)),
    W(Duration.ofDays(7)),
    D(Duration.ofDays(1)),
    H(Duration.ofHours(1)),
    M(Duration.ofMinutes(1)),
    S(Duration.ofSeconds(1)),
    MS(Duration.ofMillis(1));

    private final Duration length;

    Unit(Duration length) {
      this.length = length;
    }
  }

  private Durations() {}

  /// Refuses (IllegalArgumentException) anything else.
  public static Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration: a number and ms, s, m, h, d, w, mo or y, as in 10s");
    }
    try {
      BigDecimal nanos =
          new BigDecimal(matcher.group(1))
              .multiply(BigDecimal.valueOf(unit(matcher.group(2)).length.toNanos()));
      return Duration.ofNanos(nanos.longValueExact());
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException("'" + text + "' is too long or too fine a duration");
    }
  }

  /// The shortest text of whole units that is read as this duration again: `90s`, `24h`, `7d`.
  public static String print(Duration duration) {
    for (Unit unit : Unit.values()) {
      boolean isWhole = duration.toNanos() % unit.length.toNanos() == 0;
      // A day is written 24h and two days 2d, as people do.
      boolean isOften = unit != Unit.D || duration.compareTo(Duration.ofDays(1)) > 0;
      if (isWhole && isOften && !duration.isZero() && unit != Unit.W && unit != Unit.MO) {
        return duration.toNanos() / unit.length.toNanos() + name(unit);
      }
    }
    return duration.isZero()
        ? "0s"
        : BigDecimal.valueOf(duration.toNanos(), 6).stripTrailingZeros().toPlainString() + "ms";
  }

  private static Unit unit(String name) {
    for (Unit unit : Unit.values()) {
      if (name(unit).equals(name)) {
        return unit;
      }
    }
    throw new IllegalStateException("no unit " + name);
  }

  private static String name(Unit unit) {
    return switch (unit) {
      case Y -> "y";
      case MO -> "mo";
      case W -> "w";
      case D -> "d";
      case H -> "h";
      case M -> "m";
      case S -> "s";
      case MS -> "ms";
    };
  }
}
