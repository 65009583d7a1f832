package dev.tidemark.ltx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Fixed-width integers in byte arrays: big-endian as in LTX and our own fields, little-endian
/// where zstd and LZ4 frames have them.
final class Bytes {
  private static final VarHandle SHORT = view(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT = view(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG = view(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT_LITTLE = view(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG_LITTLE = view(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static int getShort(byte[] bytes, int at) {
    return Short.toUnsignedInt((short) SHORT.get(bytes, at));
  }

  static int getInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  /// An unsigned 32-bit field.
  static long getUnsigned(byte[] bytes, int at) {
    return Integer.toUnsignedLong((int) INT.get(bytes, at));
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static int getIntLittle(byte[] bytes, int at) {
    return (int) INT_LITTLE.get(bytes, at);
  }

  static long getLongLittle(byte[] bytes, int at) {
    return (long) LONG_LITTLE.get(bytes, at);
  }

  static void putShort(byte[] bytes, int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  static void putIntLittle(byte[] bytes, int at, int value) {
    INT_LITTLE.set(bytes, at, value);
  }

  private static VarHandle view(Class<?> type, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(type, order);
  }
}
