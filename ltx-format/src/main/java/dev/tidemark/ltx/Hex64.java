package dev.tidemark.ltx;

import java.util.HexFormat;

/// The text form that transaction numbers and checksums share: exactly sixteen hex digits.
final class Hex64 {
  private static final int DIGITS = 16;

  private Hex64() {}

  static long parse(String what, String text) {
    if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "%s must be %d hex digits, found '%s'".formatted(what, DIGITS, text));
    }
    return HexFormat.fromHexDigitsToLong(text);
  }
}
