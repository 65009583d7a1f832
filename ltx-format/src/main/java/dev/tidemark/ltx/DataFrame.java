package dev.tidemark.ltx;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
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
    return find(content, first ? LtxHeader.BYTES : 0, index.identity().pageSize(), pgno);
  }

  private static Optional<byte[]> find(byte[] content, int from, PageSize size, long pgno)
      throws IOException {
    long at = from;
    while (at + LtxWriter.PAGE_HEADER_BYTES <= content.length) {
      int start = (int) at;
      long found = Bytes.getUnsigned(content, start);
      if (found == 0 || found > pgno) {
        return Optional.empty();
      }
      if (Bytes.getShort(content, start + 4) != LtxWriter.SIZE_PREFIXED) {
        throw new CorruptLtxException(start + 4, "page frame in an object has no size");
      }
      int payload = start + LtxWriter.PAGE_HEADER_BYTES;
      if (found == pgno) {
        LtxSource source =
            new LtxSource(
                new ByteArrayInputStream(Arrays.copyOfRange(content, payload, content.length)));
        PayloadReader reader = new PayloadReader(source, size);
        reader.block(Bytes.getInt(content, start + 6));
        return Optional.of(reader.page());
      }
      at = payload + Bytes.getUnsigned(content, start + 6);
    }
    return Optional.empty();
  }
}
