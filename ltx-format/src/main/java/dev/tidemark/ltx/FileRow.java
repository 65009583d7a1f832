package dev.tidemark.ltx;

/// One LTX file of an object: when, the checksum after it, its length in bytes, its pages, and the
/// size of the database after it in pages.
public record FileRow(
    long timestampMillis, Checksum after, long length, long pages, long databasePages) {
  static final int BYTES = 32;

  /// The row of a file that was written or read to its end.
  public static FileRow of(LtxHeader header, LtxTrailer trailer, long length, long pages) {
    return new FileRow(
        header.timestampMillis(), trailer.postApply(), length, pages, header.commit());
  }

  byte[] encode() {
    byte[] out = new byte[BYTES];
    Bytes.putLong(out, 0, timestampMillis);
    Bytes.putLong(out, 8, after.value());
    Bytes.putLong(out, 16, length);
    Bytes.putInt(out, 24, (int) pages);
    Bytes.putInt(out, 28, (int) databasePages);
    return out;
  }

  static FileRow decode(byte[] in, int at) {
    return new FileRow(
        Bytes.getLong(in, at),
        new Checksum(Bytes.getLong(in, at + 8)),
        Bytes.getLong(in, at + 16),
        Bytes.getUnsigned(in, at + 24),
        Bytes.getUnsigned(in, at + 28));
  }
}
