package dev.tidemark.ltx;

import java.io.IOException;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// Inflates page payloads into one page buffer: LZ4 blocks (of which a literal run is the cheap
/// case) and, from older files, LZ4 frames. Sizes are compared with what a page can take before a
/// byte is read.
final class PayloadReader {
  private final LtxSource source;
  private final byte[] page;
  private final int packedMax;
  private byte[] packed = {};
  private final byte[] literalPrefix;
  private final byte[] head;
  private final LZ4SafeDecompressor decompressor = LZ4Factory.safeInstance().safeDecompressor();

  PayloadReader(LtxSource source, PageSize size) {
    this.source = source;
    this.page = new byte[size.bytes()];
    this.packedMax = LiteralRun.payloadBytesMax(size);
    this.literalPrefix = LiteralRun.prefix(size);
    this.head = new byte[literalPrefix.length];
  }

  /// The page; the same buffer every time.
  byte[] page() {
    return page;
  }

  /// Reads an LZ4 block of this length.
  void block(int length) throws IOException {
    long at = source.offset();
    if (length < 1 || length > packedMax) {
      throw new CorruptLtxException(
          at - Integer.BYTES,
          "payload of %d bytes for a page of %d"
              .formatted(Integer.toUnsignedLong(length), page.length));
    }
    int headBytes = Math.min(length, head.length);
    source.read(head, 0, headBytes, "page payload");
    if (length == head.length + page.length && Arrays.equals(head, literalPrefix)) {
      source.read(page, 0, page.length, "page payload");
      return;
    }
    makeRoom();
    System.arraycopy(head, 0, packed, 0, headBytes);
    source.read(packed, headBytes, length - headBytes, "page payload");
    int inflated = inflate(length, 0, at);
    if (inflated != page.length) {
      throw new CorruptLtxException(
          at, "payload inflates to %d of %d bytes".formatted(inflated, page.length));
    }
  }

  /// Reads an LZ4 frame whose magic has been read.
  void frame() throws IOException {
    new Lz4Frame(source, this).read();
  }

  /// Reads one block of an LZ4 frame behind the `filled` bytes of the page that are there; answers
  /// its length.
  int frameBlock(int length, boolean stored, int filled) throws IOException {
    long at = source.offset();
    int room = stored ? page.length - filled : packedMax;
    if (length > room) {
      throw new CorruptLtxException(
          at - Integer.BYTES, "LZ4 block of %d bytes with room for %d".formatted(length, room));
    }
    makeRoom();
    source.read(packed, 0, length, "LZ4 frame");
    if (stored) {
      System.arraycopy(packed, 0, page, filled, length);
      return length;
    }
    return inflate(length, filled, at);
  }

  /// The bytes of the block just read, as stored.
  byte[] packed() {
    return packed;
  }

  /// Files with literal pages only, the most by far, need none.
  private void makeRoom() {
    if (packed.length == 0) {
      packed = new byte[packedMax];
    }
  }

  private int inflate(int length, int filled, long at) throws CorruptLtxException {
    try {
      return decompressor.decompress(packed, 0, length, page, filled, page.length - filled);
    } catch (LZ4Exception | IndexOutOfBoundsException e) {
      CorruptLtxException corrupt = new CorruptLtxException(at, "payload is not an LZ4 block");
      corrupt.initCause(e);
      throw corrupt;
    }
  }
}
