package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
  private static final long SEED = 640_064;

  @Test
  void hasThePublishedCheckValue() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(Crc64.update(0, digits, 0, digits.length)).isEqualTo(0xB90956C775A41001L);
  }

  @Test
  void isZeroForNoBytes() {
    assertThat(Crc64.update(0, new byte[0], 0, 0)).isZero();
  }

  @Test
  void agreesWithTheBitwiseDefinitionAtEveryLengthAndOffset() {
    byte[] bytes = random(4_200);
    for (int length = 0; length <= 400; length++) {
      int offset = length % 11;
      assertThat(Crc64.update(0, bytes, offset, length))
          .as("length %d", length)
          .isEqualTo(bitwise(0, bytes, offset, length));
    }
    for (int length : new int[] {512, 1_000, 4_095, 4_096, 4_097, 4_100}) {
      assertThat(Crc64.update(0, bytes, 3, length)).isEqualTo(bitwise(0, bytes, 3, length));
    }
  }

  @Test
  void goesOnWhereItStopped() {
    byte[] bytes = random(1_000);
    long whole = Crc64.update(0, bytes, 0, bytes.length);
    for (int split = 0; split <= bytes.length; split += 7) {
      long first = Crc64.update(0, bytes, 0, split);
      assertThat(Crc64.update(first, bytes, split, bytes.length - split)).isEqualTo(whole);
    }
  }

  @Test
  void combinesTwoPartsFromTheirChecksums() {
    byte[] bytes = random(3_000);
    long whole = Crc64.update(0, bytes, 0, bytes.length);
    for (int split : new int[] {0, 1, 8, 9, 100, 1_499, 2_999, 3_000}) {
      long first = Crc64.update(0, bytes, 0, split);
      long second = Crc64.update(0, bytes, split, bytes.length - split);
      assertThat(Crc64.combine(first, second, bytes.length - split)).isEqualTo(whole);
    }
  }

  @Test
  void combinesAcrossLengthsBeyondAnyArray() {
    long zeros = Crc64.update(0, new byte[1 << 16], 0, 1 << 16);
    long bytes = 1 << 16;
    for (int doubling = 0; doubling < 20; doubling++) {
      zeros = Crc64.combine(zeros, zeros, bytes);
      bytes *= 2;
    }
    // The same 2^36 zero bytes, joined from two unequal parts.
    long one = Crc64.update(0, new byte[1], 0, 1);
    long tail = zerosOf(bytes - 1);
    assertThat(Crc64.combine(one, tail, bytes - 1)).isEqualTo(zeros);
  }

  @Test
  void appendsPagesLikeBytes() {
    Random random = new Random(SEED);
    for (int size = 512; size <= 65_536; size *= 2) {
      byte[] page = new byte[size];
      random.nextBytes(page);
      PageCrc pages = PageCrc.of(new PageSize(size));
      long before = random.nextLong();
      assertThat(pages.append(before, pages.raw(page, 0)))
          .isEqualTo(Crc64.update(before, page, 0, size));
    }
  }

  private static long zerosOf(long length) {
    long crc = 0;
    long power = Crc64.update(0, new byte[1], 0, 1);
    long powerBytes = 1;
    for (long rest = length; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        crc = Crc64.combine(crc, power, powerBytes);
      }
      power = Crc64.combine(power, power, powerBytes);
      powerBytes *= 2;
    }
    return crc;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static long bitwise(long crc, byte[] bytes, int offset, int length) {
    long state = ~crc;
    for (int i = offset; i < offset + length; i++) {
      state ^= bytes[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        state = (state & 1) != 0 ? (state >>> 1) ^ 0xD800000000000000L : state >>> 1;
      }
    }
    return ~state;
  }
}
