package dev.tidemark.sqlite;

import java.nio.ByteOrder;

/// What is committed, as the header of the wal-index says it. This, not the bytes in the WAL, is
/// the authority: spilled, rolled-back and failed commits leave valid frames behind.
///
/// @param iChange counts transactions exactly (unsigned 32 bit, wraps), across resets; starts at 0
///   again only when the wal-index was recovered
/// @param pageSize 0 until the first transaction, or after recovery of an empty WAL
/// @param mxFrame the last committed frame; 0 when the WAL is empty
/// @param nPage size of the database in pages
/// @param frameChecksum running checksum of frame mxFrame, as in [WalChecksum]
/// @param salts as in [WalHeader]
public record WalIndexHeader(
    long iChange,
    boolean bigEndianChecksum,
    int pageSize,
    long mxFrame,
    long nPage,
    long frameChecksum,
    long salts) {

  private static final boolean NATIVE_BIG = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  public ByteOrder checksumOrder() {
    return bigEndianChecksum ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  /// How many transactions were committed from `earlier` to this, across a wrap of the counter.
  public long transactionsSince(WalIndexHeader earlier) {
    return (iChange - earlier.iChange) & 0xFFFF_FFFFL;
  }

  /// Decodes one copy (48 bytes), already known to be initialised and intact.
  static WalIndexHeader decode(byte[] copy) {
    int szPage = u16(copy, WalIndexFormat.SZ_PAGE);
    return new WalIndexHeader(
        Integer.toUnsignedLong(i32(copy, WalIndexFormat.I_CHANGE)),
        copy[WalIndexFormat.BIG_END_CKSUM] != 0,
        (szPage & 0xFE00) + ((szPage & 1) << 16),
        Integer.toUnsignedLong(i32(copy, WalIndexFormat.MX_FRAME)),
        Integer.toUnsignedLong(i32(copy, WalIndexFormat.N_PAGE)),
        WalChecksum.of(
            i32(copy, WalIndexFormat.FRAME_CKSUM), i32(copy, WalIndexFormat.FRAME_CKSUM + 4)),
        Bytes.i64(copy, WalIndexFormat.SALT));
  }

  /// One copy, as SQLite writes it, checksum included.
  byte[] encode() {
    var copy = new byte[WalIndexFormat.COPY_BYTES];
    putI32(copy, 0, WalIndexFormat.VERSION);
    putI32(copy, WalIndexFormat.I_CHANGE, (int) iChange);
    copy[WalIndexFormat.IS_INIT] = 1;
    copy[WalIndexFormat.BIG_END_CKSUM] = (byte) (bigEndianChecksum ? 1 : 0);
    int szPage = (pageSize & 0xFF00) | (pageSize >> 16);
    copy[WalIndexFormat.SZ_PAGE] = (byte) (NATIVE_BIG ? szPage >> 8 : szPage);
    copy[WalIndexFormat.SZ_PAGE + 1] = (byte) (NATIVE_BIG ? szPage : szPage >> 8);
    putI32(copy, WalIndexFormat.MX_FRAME, (int) mxFrame);
    putI32(copy, WalIndexFormat.N_PAGE, (int) nPage);
    putI32(copy, WalIndexFormat.FRAME_CKSUM, (int) (frameChecksum >>> 32));
    putI32(copy, WalIndexFormat.FRAME_CKSUM + 4, (int) frameChecksum);
    Bytes.putI64(copy, WalIndexFormat.SALT, salts);
    long sum = sum(copy);
    putI32(copy, WalIndexFormat.CKSUM, (int) (sum >>> 32));
    putI32(copy, WalIndexFormat.CKSUM + 4, (int) sum);
    return copy;
  }

  /// Whether a copy is initialised and its checksum holds.
  static boolean isIntact(byte[] copy) {
    long stored =
        WalChecksum.of(i32(copy, WalIndexFormat.CKSUM), i32(copy, WalIndexFormat.CKSUM + 4));
    return i32(copy, 0) == WalIndexFormat.VERSION
        && copy[WalIndexFormat.IS_INIT] != 0
        && stored == sum(copy);
  }

  private static long sum(byte[] copy) {
    return WalChecksum.update(
        WalChecksum.SEED, copy, 0, WalIndexFormat.CKSUM, ByteOrder.nativeOrder());
  }

  private static int i32(byte[] copy, int at) {
    int big = Bytes.i32(copy, at);
    return NATIVE_BIG ? big : Integer.reverseBytes(big);
  }

  private static int u16(byte[] copy, int at) {
    int big = Bytes.u16(copy, at);
    return NATIVE_BIG ? big : Short.toUnsignedInt(Short.reverseBytes((short) big));
  }

  private static void putI32(byte[] copy, int at, int value) {
    Bytes.putI32(copy, at, NATIVE_BIG ? value : Integer.reverseBytes(value));
  }
}
