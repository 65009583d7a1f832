package dev.tidemark.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The running checksum of the WAL: two 32-bit sums, kept as one `long` (s0 in the upper half), so
/// that its big-endian bytes are what the file stores.
///
/// It is a chain: the header's sum seeds frame 1, each frame's sum seeds the next. It finds torn
/// writes, not damage made on purpose.
public final class WalChecksum {
  /// Seed of the WAL header's and of the wal-index header's sum.
  public static final long SEED = 0;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private WalChecksum() {}

  public static long of(int s0, int s1) {
    return (long) s0 << 32 | Integer.toUnsignedLong(s1);
  }

  /// The sum after `length` more bytes, a multiple of eight.
  public static long update(long sum, byte[] bytes, int from, int length, ByteOrder order) {
    if (length % 8 != 0) {
      throw new IllegalArgumentException("length is not a multiple of eight: " + length);
    }
    return order == ByteOrder.LITTLE_ENDIAN
        ? little(sum, bytes, from, from + length)
        : big(sum, bytes, from, from + length);
  }

  /// The sum after a frame (24-byte header, then the page): it covers page number and commit size,
  /// not the salts, and then the page.
  public static long frame(long sum, byte[] frame, int from, int pageSize, ByteOrder order) {
    long afterHeader = update(sum, frame, from, 8, order);
    return update(afterHeader, frame, from + WalFormat.FRAME_HEADER_BYTES, pageSize, order);
  }

  // The additions are grouped so that only two of them per eight bytes wait for each other.
  private static long little(long sum, byte[] bytes, int from, int to) {
    int s0 = (int) (sum >>> 32);
    int s1 = (int) sum;
    for (int i = from; i < to; i += 8) {
      long words = (long) LITTLE.get(bytes, i);
      s0 = (s0 + (int) words) + s1;
      s1 = (s1 + (int) (words >>> 32)) + s0;
    }
    return of(s0, s1);
  }

  private static long big(long sum, byte[] bytes, int from, int to) {
    int s0 = (int) (sum >>> 32);
    int s1 = (int) sum;
    for (int i = from; i < to; i += 8) {
      long words = Long.reverseBytes((long) LITTLE.get(bytes, i));
      s0 = (s0 + (int) (words >>> 32)) + s1;
      s1 = (s1 + (int) words) + s0;
    }
    return of(s0, s1);
  }
}
