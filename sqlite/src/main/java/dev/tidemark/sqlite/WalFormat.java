package dev.tidemark.sqlite;

/// Sizes and offsets of the WAL file. All offsets are 64-bit: a WAL can pass 4 GiB.
public final class WalFormat {
  public static final int HEADER_BYTES = 32;
  public static final int FRAME_HEADER_BYTES = 24;

  private WalFormat() {}

  /// Header and page of one frame.
  public static int frameBytes(int pageSize) {
    return FRAME_HEADER_BYTES + pageSize;
  }

  /// Where frame `frame` (counted from 1) begins. Frame mxFrame + 1 begins where the log ends.
  public static long frameOffset(long frame, int pageSize) {
    return HEADER_BYTES + (frame - 1) * frameBytes(pageSize);
  }

  /// Where the page image of frame `frame` begins.
  public static long pageOffset(long frame, int pageSize) {
    return frameOffset(frame, pageSize) + FRAME_HEADER_BYTES;
  }

  /// How many whole frames fit into a WAL file of this size.
  public static long framesIn(long fileSize, int pageSize) {
    return fileSize <= HEADER_BYTES ? 0 : (fileSize - HEADER_BYTES) / frameBytes(pageSize);
  }
}
