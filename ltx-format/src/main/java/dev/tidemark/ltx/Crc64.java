package dev.tidemark.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// CRC-64/GO-ISO, the checksum of LTX: reflected polynomial `D800000000000000`, all ones before and
/// after. Almost without tables, since the polynomial is sparse: a word costs a few shifts.
public final class Crc64 {
  // The register holds a polynomial with bit i as the coefficient of x^(63-i), so multiplying by
  // x^k is an unsigned shift to the right by k. What falls out at the right re-enters as a multiple
  // of x^64 = x^4 + x^3 + x + 1. Four interleaved lanes each take every fourth word; one step
  // multiplies a lane by x^256 = x^16 + x^12 + x^4 + 1 (squaring over GF(2) only doubles
  // exponents). At the end the lanes are folded into one with single-word steps.
  private static final long POLYNOMIAL = 0xD800000000000000L;
  private static final int LANES = 4;
  private static final int BLOCK = LANES * Long.BYTES;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] BYTE_STEP = byteSteps();

  private Crc64() {}

  /// Continues `crc` (0 for the empty string) over bytes.
  public static long update(long crc, byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    long state = ~crc;
    if (length >= 2 * BLOCK) {
      int blocksEnd = offset + length / BLOCK * BLOCK;
      state = lanes(state, bytes, offset, blocksEnd);
      at = blocksEnd;
    }
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      state = wordStep(state ^ (long) WORD.get(bytes, at));
    }
    for (; at < end; at++) {
      state = BYTE_STEP[(int) (state ^ bytes[at]) & 0xff] ^ (state >>> 8);
    }
    return ~state;
  }

  /// The CRC of A followed by B, from the CRC of A, the CRC of B and the length of B.
  public static long combine(long crcA, long crcB, long lengthB) {
    return multiply(crcA, xPower8(lengthB)) ^ crcB;
  }

  /// x^(8 * bytes) modulo the polynomial: appending `bytes` bytes multiplies by this.
  static long xPower8(long bytes) {
    long result = 1L << 63;
    long square = 1L << (63 - 8);
    for (long rest = bytes; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result = multiply(result, square);
      }
      square = multiply(square, square);
    }
    return result;
  }

  /// The product of two polynomials modulo the polynomial.
  static long multiply(long a, long b) {
    long product = 0;
    long shifted = a;
    for (long rest = b; rest != 0; rest <<= 1) {
      product ^= shifted & (rest >> 63);
      shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
    }
    return product;
  }

  private static long lanes(long state, byte[] bytes, int from, int to) {
    long a = state;
    long b = 0;
    long c = 0;
    long d = 0;
    int last = to - BLOCK;
    for (int at = from; at < last; at += BLOCK) {
      a = laneStep(a ^ (long) WORD.get(bytes, at));
      b = laneStep(b ^ (long) WORD.get(bytes, at + 8));
      c = laneStep(c ^ (long) WORD.get(bytes, at + 16));
      d = laneStep(d ^ (long) WORD.get(bytes, at + 24));
    }
    long folded = wordStep(a ^ (long) WORD.get(bytes, last));
    folded = wordStep(folded ^ b ^ (long) WORD.get(bytes, last + 8));
    folded = wordStep(folded ^ c ^ (long) WORD.get(bytes, last + 16));
    return wordStep(folded ^ d ^ (long) WORD.get(bytes, last + 24));
  }

  /// Times x^256.
  private static long laneStep(long s) {
    return s ^ (s >>> 4) ^ (s >>> 12) ^ (s >>> 16) ^ reduce((s << 60) ^ (s << 52) ^ (s << 48));
  }

  /// Times x^64.
  private static long wordStep(long s) {
    return s ^ (s >>> 1) ^ (s >>> 3) ^ (s >>> 4) ^ reduce((s << 63) ^ (s << 61) ^ (s << 60));
  }

  private static long reduce(long low) {
    return low ^ (low >>> 1) ^ (low >>> 3) ^ (low >>> 4);
  }

  private static long[] byteSteps() {
    long[] table = new long[256];
    for (int i = 0; i < table.length; i++) {
      long value = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        value = (value >>> 1) ^ (POLYNOMIAL & -(value & 1));
      }
      table[i] = value;
    }
    return table;
  }
}
