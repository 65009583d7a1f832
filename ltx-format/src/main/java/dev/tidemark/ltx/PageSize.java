package dev.tidemark.ltx;

/// The size of a database page in bytes: a power of two from 512 to 65536.
public record PageSize(int bytes) {
  private static final long LOCK_BYTE = 0x4000_0000L;

  public PageSize {
    if (!isValid(bytes)) {
      throw new IllegalArgumentException(
          "page size %d is not a power of two in 512..65536".formatted(bytes));
    }
  }

  public static boolean isValid(int bytes) {
    return Integer.bitCount(bytes) == 1 && bytes >= 512 && bytes <= 65_536;
  }

  /// The page that holds byte 2^30, where SQLite's locks lie. It is counted in the database size,
  /// is never stored in an LTX file, has no checksum, and is all zeros in a restored file.
  public long lockPgno() {
    return LOCK_BYTE / bytes + 1;
  }

  public boolean isLockPage(long pgno) {
    return pgno == lockPgno();
  }

  /// How many of the pages 1..`commit` carry data: all but the lock page.
  public long dataPages(long commit) {
    return commit >= lockPgno() ? commit - 1 : commit;
  }

  /// Where page `pgno` begins in a database file.
  public long offsetOf(long pgno) {
    return (pgno - 1) * bytes;
  }
}
