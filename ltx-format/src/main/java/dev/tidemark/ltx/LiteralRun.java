package dev.tidemark.ltx;

/// A page as an LZ4 block that is one literal run: a token, the run's length in bytes of 255 and a
/// rest, and the page as it is. It lets a container compress the pages as a whole, and is still
/// standard LTX.
final class LiteralRun {
  private static final int TOKEN_LITERALS_MAX = 15;
  private static final int FULL = 255;

  private LiteralRun() {}

  /// What stands before the page's own bytes.
  static byte[] prefix(PageSize size) {
    int rest = size.bytes() - TOKEN_LITERALS_MAX;
    int full = rest / FULL;
    byte[] prefix = new byte[2 + full];
    prefix[0] = (byte) 0xF0;
    for (int i = 1; i <= full; i++) {
      prefix[i] = (byte) FULL;
    }
    prefix[1 + full] = (byte) (rest % FULL);
    return prefix;
  }

  /// The length of the whole payload.
  static int payloadBytes(PageSize size) {
    return 2 + (size.bytes() - TOKEN_LITERALS_MAX) / FULL + size.bytes();
  }

  /// The most that an LZ4 block of a page can take; larger sizes in a file are damage.
  static int payloadBytesMax(PageSize size) {
    return size.bytes() + size.bytes() / FULL + 16;
  }
}
