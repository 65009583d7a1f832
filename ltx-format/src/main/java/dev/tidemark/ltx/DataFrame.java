package dev.tidemark.ltx;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/// A single page out of a single data frame, without the rest of the object. Proven by the frame's
/// own checksum and the page number only; whoever needs more reads the whole object.
public final class DataFrame {
  /// How much of an object holds the header of its first LTX file for certain: one zstd block.
  public static final int HEADER_BYTES_MAX = (128 << 10) + 64;

  private DataFrame() {}

  /// The header of the first LTX file of an object, from the object's beginning. Proven by nothing
  /// but its own rules.
  public static LtxHeader header(byte[] beginning) throws IOException {
    try (ZstdInputStreamNoFinalizer in =
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(beginning))) {
      in.setLongMax(ZstdFrames.WINDOW_LOG_MAX);
      return LtxHeader.decode(in.readNBytes(LtxHeader.BYTES));
    } catch (ZstdIOException e) {
      CorruptLtxException corrupt =
          new CorruptLtxException(0, "zstd frame is damaged: " + e.getMessage());
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  /// Page `pgno` from frame `frame` of an object, given the frame's compressed bytes; see
  /// [IndexFrame#frameOfPage]. Empty if the LTX file in it does not carry the page.
  public static Optional<byte[]> page(IndexFrame index, int frame, byte[] packed, long pgno)
      throws IOException {
    FrameRow row = index.frame(frame);
    if (row.firstPgno() == 0) {
      throw new IllegalArgumentException("frame %d is not one of pages".formatted(frame));
    }
    byte[] content;
    try (ZstdFrames zstd = new ZstdFrames()) {
      content = zstd.decode(packed, row.decompressedSize(), index.frameOffset(frame));
    }
    // The first frame of a file begins with its header. A page of that number has flags.
    boolean first =
        content.length >= LtxHeader.BYTES
            && Bytes.getInt(content, 0) == LtxHeader.MAGIC
            && Bytes.getShort(content, 4) != LtxWriter.SIZE_PREFIXED;
    return new Walk(index, frame, content).find(first ? LtxHeader.BYTES : 0, pgno);
  }

  /// From page frame to page frame through the content of one data frame.
  private static final class Walk {
    private final IndexFrame index;
    private final int frame;
    private final byte[] content;

    Walk(IndexFrame index, int frame, byte[] content) {
      this.index = index;
      this.frame = frame;
      this.content = content;
    }

    Optional<byte[]> find(int from, long pgno) throws IOException {
      long last = 0;
      long at = from;
      while (at < content.length) {
        int start = (int) at;
        require(content.length - at >= LtxWriter.PAGE_HEADER_BYTES, "ends within a page frame");
        long found = Bytes.getUnsigned(content, start);
        require(
            last == 0 ? found == index.frame(frame).firstPgno() : found > last,
            "has page %d where it cannot be".formatted(found));
        require(
            Bytes.getShort(content, start + 4) == LtxWriter.SIZE_PREFIXED,
            "has a page without a size");
        if (found == pgno) {
          return Optional.of(page(start + LtxWriter.PAGE_HEADER_BYTES));
        }
        if (found > pgno) {
          return Optional.empty();
        }
        last = found;
        at += LtxWriter.PAGE_HEADER_BYTES + Bytes.getUnsigned(content, start + 6);
      }
      // A page frame never lies in two data frames.
      require(at == content.length && last > 0, "ends within a page frame");
      return Optional.empty();
    }

    private byte[] page(int payload) throws IOException {
      LtxSource source =
          new LtxSource(new ByteArrayInputStream(content, payload, content.length - payload));
      PayloadReader reader = new PayloadReader(source, index.identity().pageSize());
      reader.block(Bytes.getInt(content, payload - Integer.BYTES));
      return reader.page();
    }

    private void require(boolean holds, String reason) throws CorruptLtxException {
      if (!holds) {
        throw new CorruptLtxException(
            index.frameOffset(frame), "data frame %d %s".formatted(frame, reason));
      }
    }
  }
}
