package dev.tidemark.sqlite;

/// The 24 bytes before each page image of a WAL. Decoding checks nothing: whether a frame counts is
/// decided by the wal-index, and whether it is intact by the checksum chain.
///
/// @param commit size of the database in pages after the transaction that this frame ends, else 0
/// @param checksum running sum including this frame; the seed of the next
public record WalFrameHeader(long pgno, long commit, long salts, long checksum) {

  /// Decodes the header in `bytes[from..from + 24)`.
  public static WalFrameHeader decode(byte[] bytes, int from) {
    return new WalFrameHeader(
        Bytes.u32(bytes, from),
        Bytes.u32(bytes, from + 4),
        Bytes.i64(bytes, from + 8),
        Bytes.i64(bytes, from + 16));
  }

  public boolean isCommit() {
    return commit != 0;
  }

  void encode(byte[] bytes, int from) {
    Bytes.putI32(bytes, from, (int) pgno);
    Bytes.putI32(bytes, from + 4, (int) commit);
    Bytes.putI64(bytes, from + 8, salts);
    Bytes.putI64(bytes, from + 16, checksum);
  }
}
