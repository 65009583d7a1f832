package dev.tidemark.ltx;

/// One entry of an LTX page index: three unsigned varints (page number, offset and length of the
/// page's frame). Writer and reader make the same bytes from the same frames.
final class IndexEntry {
  /// Five bytes for a 32-bit page number, ten for an offset, five for a length.
  static final int BYTES_MAX = 20;

  private IndexEntry() {}

  /// Encodes at the start of `out` and answers the length.
  static int encode(byte[] out, long pgno, long offset, long length) {
    return varint(out, varint(out, varint(out, 0, pgno), offset), length);
  }

  static int encodedBytes(long pgno, long offset, long length) {
    return varintBytes(pgno) + varintBytes(offset) + varintBytes(length);
  }

  private static int varint(byte[] out, int at, long value) {
    int next = at;
    long rest = value;
    while (rest > 0x7f) {
      out[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[next++] = (byte) rest;
    return next;
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }
}
