package dev.tidemark.sqlite;

import dev.tidemark.ltx.PageSize;
import java.nio.ByteOrder;

/// The 32 bytes before the first frame of a WAL.
///
/// Only meaningful while mxFrame in the wal-index is above 0: after a TRUNCATE, or a reset whose
/// transaction was rolled back, the file and the wal-index disagree until the next commit.
///
/// @param checksumOrder how the checksum reads its words; the writer's native order
/// @param sequence checkpoint counter, private to each connection: no proof of continuity
/// @param salts both salts as they lie in the file, salt-1 in the upper half
/// @param checksum the seed of frame 1
public record WalHeader(
    ByteOrder checksumOrder, int pageSize, long sequence, long salts, long checksum) {

  static final int MAGIC = 0x377F_0682;
  static final int VERSION = 3_007_000;
  private static final int SUMMED_BYTES = 24;

  /// A new header with its checksum.
  public static WalHeader of(ByteOrder checksumOrder, int pageSize, long sequence, long salts) {
    var unsummed = new WalHeader(checksumOrder, pageSize, sequence, salts, 0);
    long sum =
        WalChecksum.update(WalChecksum.SEED, unsummed.encode(), 0, SUMMED_BYTES, checksumOrder);
    return new WalHeader(checksumOrder, pageSize, sequence, salts, sum);
  }

  /// Decodes and verifies the header in `bytes[from..from + 32)`.
  public static WalHeader decode(byte[] bytes, int from) throws CorruptWalException {
    if (bytes.length - from < WalFormat.HEADER_BYTES) {
      throw new CorruptWalException(bytes.length - from, "WAL header is cut short");
    }
    int magic = Bytes.i32(bytes, from);
    if ((magic & ~1) != MAGIC) {
      throw new CorruptWalException(0, "WAL magic is %08x".formatted(magic));
    }
    ByteOrder order = magic == MAGIC ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    long sum = WalChecksum.update(WalChecksum.SEED, bytes, from, SUMMED_BYTES, order);
    long stored = Bytes.i64(bytes, from + 24);
    if (sum != stored) {
      throw new CorruptWalException(
          24, "WAL header has checksum %016x, its bytes sum to %016x".formatted(stored, sum));
    }
    int version = Bytes.i32(bytes, from + 4);
    if (version != VERSION) {
      throw new CorruptWalException(
          4, "WAL format version is %d, expected %d".formatted(version, VERSION));
    }
    int pageSize = Bytes.i32(bytes, from + 8);
    if (!PageSize.isValid(pageSize)) {
      throw new CorruptWalException(
          8, "WAL page size %d is not a power of two in 512..65536".formatted(pageSize));
    }
    long sequence = Bytes.u32(bytes, from + 12);
    return new WalHeader(order, pageSize, sequence, Bytes.i64(bytes, from + 16), sum);
  }

  public byte[] encode() {
    var bytes = new byte[WalFormat.HEADER_BYTES];
    Bytes.putI32(bytes, 0, checksumOrder == ByteOrder.LITTLE_ENDIAN ? MAGIC : MAGIC | 1);
    Bytes.putI32(bytes, 4, VERSION);
    Bytes.putI32(bytes, 8, pageSize);
    Bytes.putI32(bytes, 12, (int) sequence);
    Bytes.putI64(bytes, 16, salts);
    Bytes.putI64(bytes, 24, checksum);
    return bytes;
  }
}
