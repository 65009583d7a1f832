package dev.tidemark.ltx;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Decodes single zstd frames of known sizes. Content size and content checksum must be there, a
/// dictionary must not, so that no more is allocated than the caller expects and nothing damaged
/// comes out.
///
/// Safe for use by several threads; each borrows a native context.
final class ZstdFrames implements AutoCloseable {
  /// The most that one data frame may hold, and the largest window.
  static final int CONTENT_MAX = 8 << 20;

  /// The same window as a power of two.
  static final int WINDOW_LOG_MAX = 23;

  /// Magic, descriptor, content size, one block header, checksum.
  static final int FRAME_MIN = 13;

  private static final int MAGIC = 0xFD2F_B528;

  private final ConcurrentLinkedQueue<ZstdDecompressCtx> idle = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /// No frame of this much content is longer, whatever is in it.
  static long compressedMax(long content) {
    return content + content / 128 + 512;
  }

  /// Decodes the frame in `frame`, which begins at byte `offset` of its object, to exactly
  /// `contentBytes`.
  byte[] decode(byte[] frame, int contentBytes, long offset) throws CorruptLtxException {
    byte[] content = new byte[contentBytes];
    decode(frame, frame.length, content, contentBytes, offset);
    return content;
  }

  /// Decodes the frame in the first `frameBytes` of `frame` to the first `contentBytes` of
  /// `content`.
  void decode(byte[] frame, int frameBytes, byte[] content, int contentBytes, long offset)
      throws CorruptLtxException {
    checkHeader(frame, frameBytes, offset);
    ZstdDecompressCtx context = borrow();
    try {
      checkSizes(frame, frameBytes, contentBytes, offset);
      int got = context.decompressByteArray(content, 0, contentBytes, frame, 0, frameBytes);
      if (got != contentBytes) {
        throw new CorruptLtxException(
            offset, "zstd frame holds %d of %d bytes".formatted(got, contentBytes));
      }
    } catch (ZstdException e) {
      CorruptLtxException corrupt =
          new CorruptLtxException(offset, "zstd frame is damaged: " + e.getMessage());
      corrupt.initCause(e);
      throw corrupt;
    } finally {
      giveBack(context);
    }
  }

  private static void checkHeader(byte[] frame, int frameBytes, long offset)
      throws CorruptLtxException {
    if (frameBytes < FRAME_MIN || Bytes.getIntLittle(frame, 0) != MAGIC) {
      throw new CorruptLtxException(offset, "no zstd frame");
    }
    int descriptor = frame[4];
    if ((descriptor & 0x04) == 0) {
      throw new CorruptLtxException(offset + 4, "zstd frame has no content checksum");
    }
    if ((descriptor & 0x03) != 0) {
      throw new CorruptLtxException(offset + 4, "zstd frame needs a dictionary");
    }
    boolean singleSegment = (descriptor & 0x20) != 0;
    if (!singleSegment && windowBytes(frame[5]) > CONTENT_MAX) {
      throw new CorruptLtxException(offset + 5, "zstd frame has a window above 8 MiB");
    }
  }

  private static void checkSizes(byte[] frame, int frameBytes, int contentBytes, long offset)
      throws CorruptLtxException {
    long stated = Zstd.getFrameContentSize(frame, 0, frameBytes);
    if (stated != contentBytes) {
      throw new CorruptLtxException(
          offset + 4,
          "zstd frame of %d bytes where %d are expected".formatted(stated, contentBytes));
    }
    long whole = Zstd.findFrameCompressedSize(frame, 0, frameBytes);
    if (whole != frameBytes) {
      throw new CorruptLtxException(
          offset,
          "zstd frame does not end where its row says, after %d bytes".formatted(frameBytes));
    }
  }

  private static long windowBytes(byte windowDescriptor) {
    int exponent = (windowDescriptor & 0xff) >> 3;
    int mantissa = windowDescriptor & 7;
    long base = 1L << (10 + exponent);
    return base + base / 8 * mantissa;
  }

  private ZstdDecompressCtx borrow() {
    ZstdDecompressCtx context = idle.poll();
    return context == null ? new ZstdDecompressCtx() : context;
  }

  private void giveBack(ZstdDecompressCtx context) {
    idle.add(context);
    if (closed) {
      close();
    }
  }

  /// A decode that still runs frees its context when it is done.
  @Override
  public void close() {
    closed = true;
    for (ZstdDecompressCtx context = idle.poll(); context != null; context = idle.poll()) {
      context.close();
    }
  }
}
