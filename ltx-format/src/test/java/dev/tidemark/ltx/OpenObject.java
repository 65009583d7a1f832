package dev.tidemark.ltx;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// An object taken apart, so that mutations hit what lies behind compression and digest: one byte
/// of options, the header of the index frame, the rows, and the LTX files as they are. Closing it
/// compresses again, and makes sizes and digest right.
public final class OpenObject {
  private static final int HEADER = 1;
  private static final int ROWS = HEADER + IndexFrameHeader.BYTES;

  /// Options: leave the LTX files as they are; claim another size for the packed rows.
  private static final int RAW_FILES = 1;

  private static final int OTHER_SIZE = 2;

  private final byte[] open;
  private final int files;
  private final int frames;

  private OpenObject(byte[] open) {
    this.open = open;
    int room = open.length - ROWS;
    this.files = clamp(Bytes.getUnsigned(open, HEADER + 76), room / FileRow.BYTES);
    this.frames =
        clamp(
            Bytes.getUnsigned(open, HEADER + 80), (room - files * FileRow.BYTES) / FrameRow.BYTES);
  }

  private static int clamp(long count, int max) {
    return (int) Math.min(count, max);
  }

  public static byte[] open(byte[] object) throws CorruptLtxException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    out.write(
        object, (int) index.dataBytes() + IndexFrameCodec.SKIPPABLE_BYTES, IndexFrameHeader.BYTES);
    for (int i = 0; i < index.fileCount(); i++) {
      out.writeBytes(index.file(i).encode());
    }
    for (int i = 0; i < index.frameCount(); i++) {
      out.writeBytes(index.frame(i).encode());
    }
    try (ZstdFrames zstd = new ZstdFrames()) {
      for (int i = 0; i < index.frameCount(); i++) {
        byte[] packed = SampleObjects.packed(object, index, i);
        out.writeBytes(zstd.decode(packed, index.frame(i).decompressedSize(), 0));
      }
    }
    return out.toByteArray();
  }

  /// An object; the input itself if it is shorter than a header.
  public static byte[] close(byte[] open) {
    return open.length < ROWS ? open : new OpenObject(open).close();
  }

  private byte[] close() {
    int framesAt = ROWS + files * FileRow.BYTES;
    int contentsAt = framesAt + frames * FrameRow.BYTES;
    byte[] rows = Arrays.copyOfRange(open, ROWS, contentsAt);
    byte[] contents = contents(contentsAt);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 0; i < frames; i++) {
      int row = files * FileRow.BYTES + i * FrameRow.BYTES;
      long wanted = Bytes.getUnsigned(rows, row + 4);
      int length = (int) Math.min(wanted, contents.length - from);
      byte[] packed = packed(contents, from, length);
      Bytes.putInt(rows, row, packed.length);
      out.writeBytes(packed);
      from += length;
    }
    return withIndex(out, rows);
  }

  private byte[] withIndex(ByteArrayOutputStream out, byte[] rows) {
    byte[] packedRows = packed(rows, 0, rows.length);
    int payload = IndexFrameHeader.BYTES + packedRows.length + IndexFrame.END_BYTES;
    byte[] frame = new byte[IndexFrameCodec.SKIPPABLE_BYTES + payload];
    Bytes.putIntLittle(frame, 0, 0x184D_2A54);
    Bytes.putIntLittle(frame, 4, payload);
    System.arraycopy(open, HEADER, frame, IndexFrameCodec.SKIPPABLE_BYTES, IndexFrameHeader.BYTES);
    if ((open[0] & OTHER_SIZE) == 0) {
      Bytes.putInt(frame, IndexFrameCodec.SKIPPABLE_BYTES + 84, packedRows.length);
    }
    System.arraycopy(
        packedRows,
        0,
        frame,
        IndexFrameCodec.SKIPPABLE_BYTES + IndexFrameHeader.BYTES,
        packedRows.length);
    Bytes.putInt(frame, frame.length - Integer.BYTES, payload);
    out.writeBytes(frame);
    byte[] object = out.toByteArray();
    int digestAt = object.length - IndexFrame.END_BYTES;
    byte[] digest = Digests.sha256().digest(Arrays.copyOf(object, digestAt));
    System.arraycopy(digest, 0, object, digestAt, digest.length);
    return object;
  }

  /// The LTX files, each mended, if that leaves its length.
  private byte[] contents(int at) {
    byte[] contents = Arrays.copyOfRange(open, at, open.length);
    if ((open[0] & RAW_FILES) != 0) {
      return contents;
    }
    int from = 0;
    for (int i = 0; i < files; i++) {
      long length = Bytes.getLong(open, ROWS + i * FileRow.BYTES + 16);
      if (length < 0 || length > contents.length - from) {
        break;
      }
      int to = from + (int) length;
      byte[] mended = MendedLtx.of(Arrays.copyOfRange(contents, from, to));
      System.arraycopy(mended, 0, contents, from, Math.min(mended.length, to - from));
      from = to;
    }
    return contents;
  }

  private static byte[] packed(byte[] bytes, int from, int length) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setChecksum(true).setContentSize(true).setLevel(1);
      return context.compress(Arrays.copyOfRange(bytes, from, from + length));
    }
  }
}
