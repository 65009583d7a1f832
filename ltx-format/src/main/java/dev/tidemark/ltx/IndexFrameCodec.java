package dev.tidemark.ltx;

import java.util.Arrays;
import java.util.function.Supplier;

/// The bytes of an index frame: a skippable zstd frame that a plain zstd reader passes over.
final class IndexFrameCodec {
  /// The two fields of a skippable frame before its payload.
  static final int SKIPPABLE_BYTES = 8;

  private static final int SKIPPABLE_MAGIC = 0x184D_2A54;
  private static final long ROWS_MAX =
      (long) IndexFrameHeader.FILES_MAX * FileRow.BYTES
          + (long) IndexFrameHeader.FRAMES_MAX * FrameRow.BYTES;
  private static final long PAYLOAD_MIN =
      IndexFrameHeader.BYTES + ZstdFrames.FRAME_MIN + IndexFrame.END_BYTES;
  private static final long PAYLOAD_MAX =
      IndexFrameHeader.BYTES + ZstdFrames.compressedMax(ROWS_MAX) + IndexFrame.END_BYTES;
  private static final int FILE_MIN =
      LtxHeader.BYTES + LtxWriter.END_MARKER_BYTES + 1 + Long.BYTES + LtxTrailer.BYTES;

  private IndexFrameCodec() {}

  /// Everything but the digest, whose 32 bytes are zero.
  static byte[] encode(IndexFrameHeader header, byte[] packedRows) {
    int payload = IndexFrameHeader.BYTES + packedRows.length + IndexFrame.END_BYTES;
    byte[] out = new byte[SKIPPABLE_BYTES + payload];
    Bytes.putIntLittle(out, 0, SKIPPABLE_MAGIC);
    Bytes.putIntLittle(out, 4, payload);
    header.encode(out, SKIPPABLE_BYTES);
    System.arraycopy(
        packedRows, 0, out, SKIPPABLE_BYTES + IndexFrameHeader.BYTES, packedRows.length);
    Bytes.putInt(out, out.length - Integer.BYTES, payload);
    return out;
  }

  static long frameBytes(byte[] tail) throws CorruptLtxException {
    if (tail.length < Integer.BYTES) {
      throw new CorruptLtxException(tail.length, "object is cut short in its index frame");
    }
    long payload = Bytes.getUnsigned(tail, tail.length - Integer.BYTES);
    if (payload < PAYLOAD_MIN || payload > PAYLOAD_MAX) {
      throw new CorruptLtxException(
          tail.length - Integer.BYTES,
          "does not end with an index frame (its last 4 bytes would make it one of %d bytes): it was"
                  .formatted(payload)
              + " cut short, or is no object of Tidemark; look for a whole copy of it");
    }
    return SKIPPABLE_BYTES + payload;
  }

  static IndexFrame decode(byte[] tail, long objectSize) throws CorruptLtxException {
    long frameBytes = frameBytes(tail);
    long offset = objectSize - frameBytes;
    if (offset < ZstdFrames.FRAME_MIN) {
      throw new CorruptLtxException(
          objectSize - Integer.BYTES,
          "index frame of %d bytes in an object of %d".formatted(frameBytes, objectSize));
    }
    if (frameBytes > tail.length) {
      throw new IllegalArgumentException(
          "%d of the index frame's %d bytes given".formatted(tail.length, frameBytes));
    }
    int at = (int) (tail.length - frameBytes);
    require(Bytes.getIntLittle(tail, at) == SKIPPABLE_MAGIC, offset, () -> "no skippable frame");
    long stated = Integer.toUnsignedLong(Bytes.getIntLittle(tail, at + 4));
    require(
        stated == frameBytes - SKIPPABLE_BYTES,
        offset + 4,
        () ->
            "skippable frame of %d bytes says %d".formatted(frameBytes - SKIPPABLE_BYTES, stated));
    int payload = at + SKIPPABLE_BYTES;
    IndexFrameHeader header = IndexFrameHeader.decode(tail, payload, offset + SKIPPABLE_BYTES);
    byte[] rows = rows(tail, payload, header, offset);
    int digestAt = tail.length - IndexFrame.END_BYTES;
    byte[] digest = Arrays.copyOfRange(tail, digestAt, digestAt + IndexFrame.DIGEST_BYTES);
    IndexFrame index = new IndexFrame(header, rows, digest, objectSize);
    checkRows(index, offset);
    return index;
  }

  private static byte[] rows(byte[] tail, int payload, IndexFrameHeader header, long offset)
      throws CorruptLtxException {
    long packedOffset = offset + SKIPPABLE_BYTES + IndexFrameHeader.BYTES;
    int packedAt = payload + IndexFrameHeader.BYTES;
    int room = tail.length - IndexFrame.END_BYTES - packedAt;
    require(
        header.packedRows() == room,
        packedOffset - Integer.BYTES,
        () -> "%d bytes of rows in room for %d".formatted(header.packedRows(), room));
    // Nothing smaller than this is a frame, so that the row count is bounded by the object's own
    // size.
    require(
        header.frames() <= offset / ZstdFrames.FRAME_MIN,
        packedOffset - 8,
        () -> "%d data frames in %d bytes".formatted(header.frames(), offset));
    require(
        room <= ZstdFrames.compressedMax(header.rowBytes()),
        packedOffset - Integer.BYTES,
        () -> "%d packed bytes for %d bytes of rows".formatted(room, header.rowBytes()));
    byte[] packed = Arrays.copyOfRange(tail, packedAt, packedAt + room);
    try (ZstdFrames frames = new ZstdFrames()) {
      return frames.decode(packed, header.rowBytes(), packedOffset);
    }
  }

  private static void checkRows(IndexFrame index, long offset) throws CorruptLtxException {
    long rowsAt = offset + SKIPPABLE_BYTES + IndexFrameHeader.BYTES;
    long lengths = 0;
    for (int i = 0; i < index.fileCount(); i++) {
      FileRow row = index.file(i);
      checkFile(i, row, index.identity().pageSize(), rowsAt);
      lengths = Math.addExact(lengths, Math.min(row.length(), 1L << 48));
    }
    require(
        index.file(index.fileCount() - 1).after().equals(index.after()),
        rowsAt,
        () -> "last row has another checksum than the header");
    checkFrames(index, rowsAt, lengths);
    require(
        index.dataBytes() == offset,
        rowsAt,
        () -> "data frames take %d of %d bytes".formatted(index.dataBytes(), offset));
  }

  private static void checkFile(int i, FileRow row, PageSize pageSize, long rowsAt)
      throws CorruptLtxException {
    require(
        row.length() >= FILE_MIN && row.after().value() < 0,
        rowsAt,
        () -> "row %d has length %d and checksum %s".formatted(i, row.length(), row.after()));
    long pagesMax = pageSize.dataPages(row.databasePages());
    require(
        row.pages() <= pagesMax,
        rowsAt,
        () -> "row %d has %d of %d pages".formatted(i, row.pages(), pagesMax));
  }

  private static void checkFrames(IndexFrame index, long rowsAt, long lengths)
      throws CorruptLtxException {
    boolean segment = index.identity().kind() == ObjectKind.SEGMENT;
    long contents = 0;
    long lastFirst = 0;
    boolean tail = false;
    for (int i = 0; i < index.frameCount(); i++) {
      FrameRow row = index.frame(i);
      checkSizes(i, row, rowsAt);
      contents += row.decompressedSize();
      if (!segment) {
        long first = row.firstPgno();
        // The first frame has none if the file has no page at all.
        checkFirst(i, first, tail ? Long.MAX_VALUE : lastFirst, rowsAt);
        tail = first == 0;
        lastFirst = Math.max(first, lastFirst);
      }
    }
    long held = contents;
    require(
        held == lengths,
        rowsAt,
        () -> "frames hold %d bytes, LTX files have %d".formatted(held, lengths));
  }

  private static void checkSizes(int i, FrameRow row, long rowsAt) throws CorruptLtxException {
    int content = row.decompressedSize();
    int packed = row.compressedSize();
    require(
        content >= 1
            && content <= ZstdFrames.CONTENT_MAX
            && packed >= ZstdFrames.FRAME_MIN
            && packed <= ZstdFrames.compressedMax(content),
        rowsAt,
        () -> "frame %d has %d bytes packed in %d".formatted(i, content, packed));
  }

  private static void checkFirst(int i, long first, long after, long rowsAt)
      throws CorruptLtxException {
    require(
        first == 0 || first > after,
        rowsAt,
        () -> "frame %d begins with page %d after page %d".formatted(i, first, after));
  }

  /// The reason is put into words only if it is needed: there are ten thousand rows.
  private static void require(boolean holds, long offset, Supplier<String> reason)
      throws CorruptLtxException {
    if (!holds) {
      throw new CorruptLtxException(offset, reason.get());
    }
  }
}
