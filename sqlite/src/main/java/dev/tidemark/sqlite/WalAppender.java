package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.ByteOrder;

/// Appends frames to a WAL file. Nothing appended counts before the wal-index says so
/// ([WalIndexWriter]), or before recovery reads it; the caller holds the WRITE lock.
///
/// A transaction's frames carry commit size 0, the last one the size of the database.
public final class WalAppender {
  private static final int BUFFER_BYTES = 1 << 18;

  private final NativeFile wal;
  private final ByteOrder order;
  private final int pageSize;
  private final long salts;
  private final byte[] buffer;
  private long flushedFrame;
  private int buffered;
  private long checksum;

  private WalAppender(
      NativeFile wal, ByteOrder order, int pageSize, long salts, long frame, long checksum) {
    this.wal = wal;
    this.order = order;
    this.pageSize = pageSize;
    this.salts = salts;
    this.flushedFrame = frame;
    this.checksum = checksum;
    int frameBytes = WalFormat.frameBytes(pageSize);
    this.buffer = new byte[Math.max(1, BUFFER_BYTES / frameBytes) * frameBytes];
  }

  /// Begins the log anew: the header is written over whatever the file held. With `sync` it is
  /// durable before any frame, so that no power failure leaves new frames under the old header.
  public static WalAppender start(NativeFile wal, WalHeader header, boolean sync)
      throws IOException {
    wal.write(0, header.encode(), 0, WalFormat.HEADER_BYTES);
    if (sync) {
      wal.dataSync();
    }
    return new WalAppender(
        wal, header.checksumOrder(), header.pageSize(), header.salts(), 0, header.checksum());
  }

  /// Goes on after the last committed frame.
  public static WalAppender resume(NativeFile wal, WalIndexHeader committed) {
    if (committed.mxFrame() == 0) {
      throw new IllegalArgumentException("the log is empty; start it");
    }
    return new WalAppender(
        wal,
        committed.checksumOrder(),
        committed.pageSize(),
        committed.salts(),
        committed.mxFrame(),
        committed.frameChecksum());
  }

  /// Adds a frame and returns its number. It may stay in memory until [#flush].
  public long append(long pgno, byte[] page, int from, long commit) throws IOException {
    if (pgno == 0) {
      throw new IllegalArgumentException("page number is 0");
    }
    int frameBytes = WalFormat.frameBytes(pageSize);
    if (buffered + frameBytes > buffer.length) {
      flush();
    }
    int at = buffered;
    System.arraycopy(page, from, buffer, at + WalFormat.FRAME_HEADER_BYTES, pageSize);
    new WalFrameHeader(pgno, commit, salts, 0).encode(buffer, at);
    checksum = WalChecksum.frame(checksum, buffer, at, pageSize, order);
    new WalFrameHeader(pgno, commit, salts, checksum).encode(buffer, at);
    buffered += frameBytes;
    return lastFrame();
  }

  /// Hands all frames to the operating system.
  public void flush() throws IOException {
    wal.write(WalFormat.frameOffset(flushedFrame + 1, pageSize), buffer, 0, buffered);
    flushedFrame = lastFrame();
    buffered = 0;
  }

  public long lastFrame() {
    return flushedFrame + buffered / WalFormat.frameBytes(pageSize);
  }

  /// Running checksum of the last frame, for the wal-index.
  public long checksum() {
    return checksum;
  }

  public long salts() {
    return salts;
  }

  public ByteOrder checksumOrder() {
    return order;
  }
}
