package dev.tidemark.ltx;

import java.util.Objects;
import java.util.OptionalInt;

/// The end of an object, which says what is in it. Rows are kept in their stored form (32 bytes per
/// file, 12 per frame), since a large snapshot has millions.
public final class IndexFrame {
  static final int DIGEST_BYTES = 32;

  /// Digest and payload size, behind the rows.
  static final int END_BYTES = DIGEST_BYTES + Integer.BYTES;

  private static final int OFFSET_STRIDE = 256;
  private static final int TAIL_MAX = 8 << 20;

  private final ObjectIdentity identity;
  private final Txid last;
  private final Checksum after;
  private final int fileCount;
  private final byte[] rows;
  private final byte[] digest;
  private final long[] offsets;
  private final long dataBytes;
  private final long objectBytes;

  IndexFrame(IndexFrameHeader header, byte[] rows, byte[] digest, long objectBytes) {
    this.identity = header.identity();
    this.last = header.last();
    this.after = header.after();
    this.fileCount = header.files();
    this.rows = rows;
    this.digest = digest;
    this.objectBytes = objectBytes;
    this.offsets = new long[frameCount() / OFFSET_STRIDE + 1];
    long offset = 0;
    for (int i = 0; i < frameCount(); i++) {
      if (i % OFFSET_STRIDE == 0) {
        offsets[i / OFFSET_STRIDE] = offset;
      }
      offset += Bytes.getUnsigned(rows, frameAt(i));
    }
    this.dataBytes = offset;
  }

  /// A tail of this size, or of a 4096th of the object if that is more, nearly always holds the
  /// index frame. No more than 8 MiB, whatever size a listing claims: beyond 32 GiB, a second look
  /// may be needed.
  public static int tailBytes(long objectSize) {
    return (int) Math.min(objectSize, Math.clamp(objectSize / 4096, 64 << 10, TAIL_MAX));
  }

  /// The size of the whole index frame (skippable frame header included), from an object's last
  /// bytes (at least 4).
  public static long frameBytes(byte[] tail) throws CorruptLtxException {
    return IndexFrameCodec.frameBytes(tail);
  }

  /// Decodes and checks everything that can be checked without the data frames. `tail` holds at
  /// least [#frameBytes] last bytes of an object of `objectSize` bytes.
  public static IndexFrame decode(byte[] tail, long objectSize) throws CorruptLtxException {
    return IndexFrameCodec.decode(tail, objectSize);
  }

  public ObjectIdentity identity() {
    return identity;
  }

  public Txid last() {
    return last;
  }

  public Checksum after() {
    return after;
  }

  /// The position that the object continues from (TXID first - 1, checksum before);
  /// [Position#START] for a snapshot.
  public Position start() {
    return new Position(identity.first().previous(), identity.before());
  }

  public Position end() {
    return new Position(last(), after());
  }

  public int fileCount() {
    return fileCount;
  }

  public FileRow file(int i) {
    return FileRow.decode(rows, Objects.checkIndex(i, fileCount) * FileRow.BYTES);
  }

  /// The position after file `i`: for a segment that of transaction first + i (a snapshot in slot
  /// 1: the last).
  public Position position(int i) {
    return new Position(lastTxidOf(i), file(i).after());
  }

  public int frameCount() {
    return (rows.length - fileCount * FileRow.BYTES) / FrameRow.BYTES;
  }

  public FrameRow frame(int i) {
    return FrameRow.decode(rows, frameAt(Objects.checkIndex(i, frameCount())));
  }

  /// Where frame `i` begins in the object.
  public long frameOffset(int i) {
    int from = Objects.checkIndex(i, frameCount()) / OFFSET_STRIDE;
    long offset = offsets[from];
    for (int j = from * OFFSET_STRIDE; j < i; j++) {
      offset += Bytes.getUnsigned(rows, frameAt(j));
    }
    return offset;
  }

  /// The frame that must hold page `pgno` if a merged file or snapshot has it: the last one with a
  /// first page from 1 to `pgno`. Empty if there is none.
  public OptionalInt frameOfPage(long pgno) {
    int low = 0;
    int high = frameCount();
    while (low < high) {
      int middle = (low + high) >>> 1;
      long first = firstPgno(middle);
      // Rows without a page are the tail's, behind all others.
      if (first != 0 && first <= pgno) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? OptionalInt.empty() : OptionalInt.of(low - 1);
  }

  /// Bytes of the data frames = offset of the index frame.
  public long dataBytes() {
    return dataBytes;
  }

  public long objectBytes() {
    return objectBytes;
  }

  /// SHA-256 of every byte of the object before the digest itself, as the index frame states it.
  public byte[] digest() {
    return digest.clone();
  }

  /// The first transaction of file `i`.
  Txid firstTxidOf(int i) {
    return identity.first().plus(i);
  }

  Txid lastTxidOf(int i) {
    return fileCount == 1 ? last : identity.first().plus(i);
  }

  /// The checksum before file `i`, as its LTX header states it.
  Checksum beforeOf(int i) {
    return i == 0 ? identity.before() : file(i - 1).after();
  }

  private long firstPgno(int i) {
    return Bytes.getUnsigned(rows, frameAt(i) + 8);
  }

  private int frameAt(int i) {
    return fileCount * FileRow.BYTES + i * FrameRow.BYTES;
  }
}
