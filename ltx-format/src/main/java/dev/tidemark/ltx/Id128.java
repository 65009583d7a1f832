package dev.tidemark.ltx;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// A random 128-bit identity: of a database's log, or of one run of a writer. Text: 32 lower-case
/// hex digits.
public record Id128(long high, long low) {
  /// "Nobody": the writer of objects that maintenance makes.
  public static final Id128 ZERO = new Id128(0, 0);

  public static Id128 random(RandomGenerator random) {
    return new Id128(random.nextLong(), random.nextLong());
  }

  public static Id128 parse(String text) {
    if (text.length() != 32) {
      throw new IllegalArgumentException("id must be 32 hex digits, found '%s'".formatted(text));
    }
    return new Id128(
        Hex64.parse("id", text.substring(0, 16)), Hex64.parse("id", text.substring(16)));
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
