package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values that the format's reference implementation gives.
class PageChecksumTest {
  @ParameterizedTest
  @CsvSource({
    "1, 512, 00, efb1f44fecd99000",
    "2, 512, 00, ef63e89fecd99000",
    "1, 512, 01, e4e4aaa102377eee",
    "1, 512, 31, eb1a999231044ddd",
    "2, 512, 31, ebc8854231044ddd",
    "1, 4096, 00, d9328f592d9e733d",
    "1, 4096, ff, bce2dc0abd0e73ad",
    "4294967295, 512, 00, d5f96fffd6df0000",
    "1, 65536, 00, d5c47f5c6d11f7f2",
    "1, 512, 41, e1b3111ab98cc555",
    "2, 512, 42, cc9eeef98abff666",
    "1, 512, 43, c719acc764511888",
    "3, 512, 44, 972f232fecd99000",
  })
  void isThatOfTheReference(long pgno, int size, String fill, String expected) {
    byte[] page = filled(size, HexFormat.fromHexDigits(fill));
    assertThat(HexFormat.of().toHexDigits(PageChecksum.of(pgno, page, 0, size)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 010203, efffffffecd99000",
    "1024, 3233, e1899b6d587aaaaa",
    "512, 3233, 8b87423eeeeeeeee",
    "1024, 818283, 8a249272ad9f7dea",
    "1024, 918293, 8a249272ad9f7dea",
    "512, 4142, ad2dffe333333333",
    "512, 434244, 9ca8611102377eee",
    "512, 43, c719acc764511888",
    "512, '', 8000000000000000",
  })
  void addsUpToTheRollingChecksumOfTheReference(int size, String fills, String expected) {
    long xor = 0;
    for (int i = 0; i < fills.length() / 2; i++) {
      int fill = HexFormat.fromHexDigits(fills, 2 * i, 2 * i + 2);
      xor ^= PageChecksum.of(i + 1, filled(size, fill), 0, size);
    }
    assertThat(Checksum.ofXor(xor)).hasToString(expected);
  }

  @Test
  void leavesTheLockPageOut() {
    byte[] page = filled(4096, 'x');
    PageSize size = new PageSize(4096);
    PageCrc crc = PageCrc.of(size);
    long raw = crc.raw(page, 0);
    byte[] number = new byte[4];
    long xor = 0;
    for (int pgno = 1; pgno <= 262_155; pgno++) {
      if (!size.isLockPage(pgno)) {
        Bytes.putInt(number, 0, pgno);
        xor ^= crc.checksum(Crc64.update(0, number, 0, 4), raw);
      }
    }
    assertThat(Checksum.ofXor(xor)).hasToString("c19b668c376662c7");
    xor ^= PageChecksum.of(262_145, new byte[4096], 0, 4096);
    assertThat(Checksum.ofXor(xor)).hasToString("acacffacd92fc33c");
  }

  private static byte[] filled(int size, int value) {
    byte[] page = new byte[size];
    Arrays.fill(page, (byte) value);
    return page;
  }
}
