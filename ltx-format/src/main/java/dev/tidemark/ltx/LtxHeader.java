package dev.tidemark.ltx;

/// The first 100 bytes of an LTX file. The constructor holds it to the format's rules, so that
/// there is no such thing as an invalid header.
///
/// `commit` is the size of the database in pages after the file; 0 means that it was deleted.
public record LtxHeader(
    int flags,
    PageSize pageSize,
    long commit,
    Txid minTxid,
    Txid maxTxid,
    long timestampMillis,
    Checksum preApply,
    long walOffset,
    long walSize,
    int walSalt1,
    int walSalt2,
    long nodeId) {
  public static final int BYTES = 100;
  public static final int NO_CHECKSUM = 2;

  static final int MAGIC = 0x4C54_5831; // "LTX1"

  public LtxHeader {
    HeaderRules.check(
        flags, commit, minTxid, maxTxid, preApply, walOffset, walSize, walSalt1, walSalt2);
  }

  /// A header without WAL fields and node, as snapshots and merged files have it.
  public static LtxHeader plain(
      PageSize pageSize,
      long commit,
      Txid minTxid,
      Txid maxTxid,
      long timestampMillis,
      Checksum preApply) {
    return new LtxHeader(
        0, pageSize, commit, minTxid, maxTxid, timestampMillis, preApply, 0, 0, 0, 0, 0);
  }

  public boolean isSnapshot() {
    return minTxid.value() == 1;
  }

  public boolean tracksChecksums() {
    return (flags & NO_CHECKSUM) == 0;
  }

  /// The position that the file continues from.
  public Position start() {
    return new Position(minTxid.previous(), preApply);
  }

  public byte[] encode() {
    byte[] out = new byte[BYTES];
    Bytes.putInt(out, 0, MAGIC);
    Bytes.putInt(out, 4, flags);
    Bytes.putInt(out, 8, pageSize.bytes());
    Bytes.putInt(out, 12, (int) commit);
    Bytes.putLong(out, 16, minTxid.value());
    Bytes.putLong(out, 24, maxTxid.value());
    Bytes.putLong(out, 32, timestampMillis);
    Bytes.putLong(out, 40, preApply.value());
    Bytes.putLong(out, 48, walOffset);
    Bytes.putLong(out, 56, walSize);
    Bytes.putInt(out, 64, walSalt1);
    Bytes.putInt(out, 68, walSalt2);
    Bytes.putLong(out, 72, nodeId);
    return out;
  }

  /// Decodes the first [#BYTES] of `in`. The reserved bytes 80..99 are not looked at.
  public static LtxHeader decode(byte[] in) throws CorruptLtxException {
    if (in.length < BYTES) {
      throw new CorruptLtxException(in.length, "header is cut short");
    }
    if (Bytes.getInt(in, 0) != MAGIC) {
      throw new CorruptLtxException(0, "magic is not LTX1");
    }
    int pageSize = Bytes.getInt(in, 8);
    if (!PageSize.isValid(pageSize)) {
      throw new CorruptLtxException(
          8, "page size %d is not a power of two in 512..65536".formatted(pageSize));
    }
    try {
      return new LtxHeader(
          Bytes.getInt(in, 4),
          new PageSize(pageSize),
          Bytes.getUnsigned(in, 12),
          txid(in, 16),
          txid(in, 24),
          Bytes.getLong(in, 32),
          new Checksum(Bytes.getLong(in, 40)),
          Bytes.getLong(in, 48),
          Bytes.getLong(in, 56),
          Bytes.getInt(in, 64),
          Bytes.getInt(in, 68),
          Bytes.getLong(in, 72));
    } catch (HeaderRules.Violation e) {
      throw new CorruptLtxException(e.offset(), e.reason());
    }
  }

  private static Txid txid(byte[] in, int offset) throws CorruptLtxException {
    long value = Bytes.getLong(in, offset);
    if (value < 0) {
      throw new CorruptLtxException(offset, "transaction number is above 2^63 - 1");
    }
    return new Txid(value);
  }
}
