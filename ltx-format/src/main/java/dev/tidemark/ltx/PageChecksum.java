package dev.tidemark.ltx;

/// The checksum of one page: flag | CRC(pgno as 4 bytes, page).
public final class PageChecksum {
  private PageChecksum() {}

  /// Bit 63 is set in the answer. XOR these (see [Checksum#ofXor]) for the rolling checksum.
  public static long of(long pgno, byte[] page, int offset, int length) {
    byte[] prefix = new byte[Integer.BYTES];
    Bytes.putInt(prefix, 0, (int) pgno);
    long crc = Crc64.update(0, prefix, 0, prefix.length);
    return Crc64.update(crc, page, offset, length) | Checksum.FLAG;
  }
}
