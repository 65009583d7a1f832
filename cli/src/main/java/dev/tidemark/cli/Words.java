package dev.tidemark.cli;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.retention.Durations;
import dev.tidemark.shipper.DurabilityLevel;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the words of the command line and of the config file. Each refuses with a hint of what is
/// expected, as an [IllegalArgumentException].
public final class Words {
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([KMGT]?)(iB|B)?");

  private Words() {}

  /// A number and a unit, such as `500ms`, `10s`, `5m`, `1mo`.
  public static Duration duration(String text) {
    return Durations.parse(text);
  }

  /// A position, `<txid>/<checksum>`.
  public static Position position(String text) {
    try {
      return Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + "; 'log URL --json' and 'status' show positions", e);
    }
  }

  /// Sixteen hex digits, and nothing shorter: `10` could mean ten or sixteen.
  public static Txid txid(String text) {
    try {
      Txid txid = Txid.parse(text);
      if (txid.equals(Txid.ZERO)) {
        throw new IllegalArgumentException("transactions are counted from 0000000000000001");
      }
      return txid;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + padded(text), e);
    }
  }

  /// How far a transaction must have come.
  public static DurabilityLevel level(String text) {
    if (text.equals("replicated")) {
      throw new IllegalArgumentException(
          "'replicated' needs replicas, and this daemon does not count any; use stored");
    }
    for (DurabilityLevel level : DurabilityLevel.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
        return level;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not one of captured, spooled, stored");
  }

  private static String padded(String text) {
    boolean isShort = text.matches("[0-9a-fA-F]{1,15}");
    return isShort
        ? "; in full, if it is hexadecimal: " + "0".repeat(16 - text.length()) + text
        : "; 'log URL' lists them";
  }

  /// An RFC 3339 time, with a zone: `2026-01-31T12:00:00Z`.
  public static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text.strip().replace(' ', 'T')).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a time with a zone, such as 2026-01-31T12:00:00Z or"
              + " 2026-01-31T13:00:00+01:00",
          e);
    }
  }

  /// A number of bytes: `4096`, `500MB`, `1GiB`. As the standards have it, `G` and `GB` are 10^9,
  /// and only `GiB` is 2^30.
  public static long size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size, such as 500MB or 1GiB");
    }
    String letter = matcher.group(2).toUpperCase(Locale.ROOT);
    int power = letter.isEmpty() ? 0 : "KMGT".indexOf(letter) + 1;
    long unit = "iB".equals(matcher.group(3)) ? 1024 : 1000;
    try {
      long size = Long.parseLong(matcher.group(1));
      for (int i = 0; i < power; i++) {
        size = Math.multiplyExact(size, unit);
      }
      return size;
    } catch (ArithmeticException | NumberFormatException _) {
      throw new IllegalArgumentException("'" + text + "' is too large a size");
    }
  }
}
