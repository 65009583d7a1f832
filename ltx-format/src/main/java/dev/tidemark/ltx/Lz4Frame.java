package dev.tidemark.ltx;

import java.io.IOException;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// One LZ4 frame that holds one page, as older writers of LTX stored it. Its own fields are
/// little-endian.
///
/// Refused although LZ4 knows it: dictionaries, and compressed blocks that refer to the block
/// before. No writer of LTX makes either; a page fits in the smallest block.
final class Lz4Frame {
  static final int MAGIC = 0x184D_2204;

  private static final int DESCRIPTOR_MAX = 14;
  private static final int STORED = 0x8000_0000;

  private final LtxSource source;
  private final PayloadReader payload;
  private final XXHash32 hash = XXHashFactory.safeInstance().hash32();
  private final byte[] word = new byte[Integer.BYTES];
  private boolean independent;
  private boolean blockChecksums;
  private boolean contentChecksum;

  Lz4Frame(LtxSource source, PayloadReader payload) {
    this.source = source;
    this.payload = payload;
  }

  /// Reads what follows the magic, up to the end of the frame, into the page.
  void read() throws IOException {
    descriptor();
    int filled = 0;
    int blocks = 0;
    for (int block = word(); block != 0; block = word()) {
      boolean stored = (block & STORED) != 0;
      require(stored || independent || blocks == 0, "LZ4 frame has linked blocks");
      int length = block & ~STORED;
      int got = payload.frameBlock(length, stored, filled);
      // Or a frame could go on for ever without a byte of the page.
      require(got > 0, "LZ4 frame has an empty block");
      filled += got;
      blocks++;
      if (blockChecksums) {
        int found = hash.hash(payload.packed(), 0, length, 0);
        require(word() == found, "LZ4 block does not have its checksum");
      }
    }
    byte[] page = payload.page();
    require(filled == page.length, "LZ4 frame inflates to %d bytes".formatted(filled));
    if (contentChecksum) {
      int found = hash.hash(page, 0, page.length, 0);
      require(word() == found, "LZ4 frame does not have its content checksum");
    }
  }

  private void descriptor() throws IOException {
    byte[] descriptor = new byte[DESCRIPTOR_MAX];
    source.read(descriptor, 0, 2, "LZ4 frame");
    int flags = descriptor[0];
    require((flags & 0xC0) == 0x40, "LZ4 frame is not of version 1");
    require((flags & 0x02) == 0, "LZ4 frame has a reserved flag");
    require((flags & 0x01) == 0, "LZ4 frame needs a dictionary");
    int blockSize = descriptor[1] >> 4;
    require((descriptor[1] & 0x8F) == 0 && blockSize >= 4, "LZ4 frame has a wrong block size");
    independent = (flags & 0x20) != 0;
    blockChecksums = (flags & 0x10) != 0;
    contentChecksum = (flags & 0x04) != 0;
    int length = 2;
    if ((flags & 0x08) != 0) {
      source.read(descriptor, length, Long.BYTES, "LZ4 frame");
      long contentSize = Bytes.getLongLittle(descriptor, length);
      require(contentSize == payload.page().length, "LZ4 frame has a wrong content size");
      length += Long.BYTES;
    }
    source.read(word, 0, 1, "LZ4 frame");
    byte found = (byte) (hash.hash(descriptor, 0, length, 0) >> 8);
    require(word[0] == found, "LZ4 frame header does not have its checksum");
  }

  private int word() throws IOException {
    source.read(word, 0, word.length, "LZ4 frame");
    return Bytes.getIntLittle(word, 0);
  }

  private void require(boolean holds, String reason) throws CorruptLtxException {
    if (!holds) {
      throw new CorruptLtxException(source.offset(), reason);
    }
  }
}
