package dev.tidemark.ltx;

import java.util.HexFormat;

/// The number of a transaction of one database. The first one is 1; 0 means "before any".
public record Txid(long value) implements Comparable<Txid> {
  public static final Txid ZERO = new Txid(0);

  public Txid {
    if (value < 0) {
      throw new IllegalArgumentException("txid is negative: " + value);
    }
  }

  /// Reads the text form, sixteen hex digits; upper case is accepted.
  public static Txid parse(String text) {
    return new Txid(Hex64.parse("txid", text));
  }

  public Txid next() {
    return plus(1);
  }

  public Txid previous() {
    return new Txid(value - 1);
  }

  public Txid plus(long count) {
    return new Txid(Math.addExact(value, count));
  }

  @Override
  public int compareTo(Txid other) {
    return Long.compare(value, other.value);
  }

  /// Sixteen lower-case hex digits, so that a store's byte order is transaction order.
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(value);
  }
}
