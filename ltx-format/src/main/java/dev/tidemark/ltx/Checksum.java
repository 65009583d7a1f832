package dev.tidemark.ltx;

import java.util.HexFormat;

/// The rolling checksum of a database: the XOR of the checksums of all its pages but the lock page,
/// with bit 63 set (LTX definition), so that 0 can mean "none".
///
/// It finds missing, stale and damaged pages. It cannot see two pages exchanged, since the XOR of
/// equal-length CRCs is symmetric; an object's SHA-256 closes that.
public record Checksum(long value) {
  /// Bit 63, set in every checksum of a page, a database or a file.
  public static final long FLAG = 1L << 63;

  /// No checksum: the state before transaction 1, or a file that does not track checksums.
  public static final Checksum NONE = new Checksum(0);

  /// A database without pages.
  public static final Checksum EMPTY = new Checksum(FLAG);

  /// Reads the text form, sixteen hex digits; upper case is accepted.
  public static Checksum parse(String text) {
    return new Checksum(Hex64.parse("checksum", text));
  }

  /// A checksum from XORed page checksums, whatever became of their flag bits.
  public static Checksum ofXor(long xor) {
    return new Checksum(xor | FLAG);
  }

  public boolean isNone() {
    return value == 0;
  }

  /// Sixteen lower-case hex digits.
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(value);
  }
}
