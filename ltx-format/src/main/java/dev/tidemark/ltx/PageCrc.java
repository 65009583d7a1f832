package dev.tidemark.ltx;

/// The CRCs of one page size: from the raw CRC of a page both the page's checksum and the running
/// CRC of the file follow, so that the bytes are read once.
final class PageCrc {
  // Appending a page multiplies a CRC by the constant x^(8 * page size). The product is linear in
  // the CRC's bits, so sixteen tables of sixteen entries, one per hex digit, give it by look-up (2
  // KiB per page size).
  private static final int DIGITS = 16;
  private static final PageCrc[] BY_SIZE = all();

  private final int pageBytes;
  private final long[] digitProducts = new long[DIGITS * 16];

  private PageCrc(int pageBytes) {
    this.pageBytes = pageBytes;
    long factor = Crc64.xPower8(pageBytes);
    for (int digit = 0; digit < DIGITS; digit++) {
      for (long value = 0; value < 16; value++) {
        digitProducts[digit * 16 + (int) value] = Crc64.multiply(factor, value << (4 * digit));
      }
    }
  }

  static PageCrc of(PageSize size) {
    return BY_SIZE[Integer.numberOfTrailingZeros(size.bytes()) - 9];
  }

  /// The CRC of a page's bytes alone.
  long raw(byte[] page, int offset) {
    return Crc64.update(0, page, offset, pageBytes);
  }

  /// Continues a CRC over a page whose raw CRC is known.
  long append(long crc, long rawPage) {
    long product = rawPage;
    for (int digit = 0; digit < DIGITS; digit++) {
      product ^= digitProducts[digit * 16 + ((int) (crc >>> (4 * digit)) & 15)];
    }
    return product;
  }

  /// The checksum of page `pgno` whose raw CRC is known; `prefix` is a CRC of the page number's
  /// four bytes.
  long checksum(long prefix, long rawPage) {
    return append(prefix, rawPage) | Checksum.FLAG;
  }

  private static PageCrc[] all() {
    PageCrc[] sizes = new PageCrc[8];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = new PageCrc(512 << i);
    }
    return sizes;
  }
}
