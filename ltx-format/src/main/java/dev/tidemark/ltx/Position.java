package dev.tidemark.ltx;

/// A database state: the transaction that made it and the rolling checksum after it. The pair, not
/// the number alone, names a state, since two diverged writers use the same numbers.
public record Position(Txid txid, Checksum checksum) {
  private static final int TEXT_LENGTH = 33;

  /// Before the first transaction.
  public static final Position START = new Position(Txid.ZERO, Checksum.NONE);

  /// Reads `<txid>/<checksum>`, 33 characters.
  public static Position parse(String text) {
    if (text.length() != TEXT_LENGTH || text.charAt(16) != '/') {
      throw new IllegalArgumentException(
          "position must be <16 hex digits>/<16 hex digits>, found '%s'".formatted(text));
    }
    return new Position(Txid.parse(text.substring(0, 16)), Checksum.parse(text.substring(17)));
  }

  @Override
  public String toString() {
    return txid + "/" + checksum;
  }
}
