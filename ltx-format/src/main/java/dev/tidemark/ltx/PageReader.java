package dev.tidemark.ltx;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/// Single pages of a stored merged file or snapshot, by ranged reads: one or two for the index
/// frame when it is opened, one for each page.
///
/// A page is proven by the index frame's fields, by its data frame's own checksum and by its number
/// only, and not by the object's digest: whoever needs that reads the whole object. Segments are
/// refused, since their frames hold many LTX files and have no page numbers.
///
/// That the object is the one its key names, and of the right database, is the caller's to compare
/// with [#index].
public final class PageReader {
  /// A page and its checksum (bit 63 set). The bytes are the receiver's own; not a value to
  /// compare.
  @SuppressWarnings("ArrayRecordComponent")
  public record Page(long pgno, byte[] bytes, long checksum) {}

  private static final int TAIL_BYTES = 64 << 10;

  private final RangedObject object;
  private final IndexFrame index;

  private PageReader(RangedObject object, IndexFrame index) {
    this.object = object;
    this.index = index;
  }

  /// Reads the index frame of an object of unknown size. One read, or two if the index frame is
  /// longer than 64 KiB, as that of a large snapshot is.
  public static PageReader open(RangedObject object) throws IOException {
    return new PageReader(object, index(object, TAIL_BYTES));
  }

  /// Reads the index frame of an object whose size a listing told. One read nearly always: see
  /// [IndexFrame#tailBytes].
  public static PageReader open(RangedObject object, long objectSize) throws IOException {
    return new PageReader(object, index(object, IndexFrame.tailBytes(objectSize)));
  }

  private static IndexFrame index(RangedObject object, int tailBytes) throws IOException {
    RangedObject.Tail tail = object.last(Math.max(Integer.BYTES, tailBytes));
    long need = IndexFrame.frameBytes(tail.bytes());
    if (need > tail.bytes().length && need <= tail.objectSize()) {
      RangedObject.Tail longer = object.last(Math.toIntExact(need));
      if (longer.objectSize() != tail.objectSize() || longer.bytes().length < need) {
        throw new CorruptLtxException(
            longer.objectSize(),
            "object had %d bytes and has %d".formatted(tail.objectSize(), longer.objectSize()));
      }
      tail = longer;
    }
    return IndexFrame.decode(tail.bytes(), tail.objectSize());
  }

  public IndexFrame index() {
    return index;
  }

  /// The page as the object has it. Empty if it does not: a merged file that leaves it as it was,
  /// the lock page, or a page beyond the database's end.
  public Optional<Page> page(long pgno) throws IOException {
    ObjectKind kind = index.identity().kind();
    if (kind == ObjectKind.SEGMENT) {
      throw new IllegalStateException(
          "single pages are read from merged files and snapshots; a segment is read whole");
    }
    if (pgno < 1) {
      throw new IllegalArgumentException("page number is " + pgno);
    }
    if (pgno > index.file(0).databasePages() || index.identity().pageSize().isLockPage(pgno)) {
      return Optional.empty();
    }
    OptionalInt frame = index.frameOfPage(pgno);
    Optional<byte[]> bytes = frame.isEmpty() ? Optional.empty() : fromFrame(frame.getAsInt(), pgno);
    if (bytes.isEmpty() && kind == ObjectKind.SNAPSHOT) {
      throw new CorruptLtxException(
          index.dataBytes(), "snapshot does not have page %d".formatted(pgno));
    }
    return bytes.map(page -> new Page(pgno, page, PageChecksum.of(pgno, page, 0, page.length)));
  }

  private Optional<byte[]> fromFrame(int frame, long pgno) throws IOException {
    long offset = index.frameOffset(frame);
    int length = index.frame(frame).compressedSize();
    byte[] packed = object.part(offset, length);
    if (packed.length != length) {
      throw new CorruptLtxException(
          offset + packed.length,
          "data frame %d has %d of %d bytes".formatted(frame, packed.length, length));
    }
    return DataFrame.page(index, frame, packed, pgno);
  }
}
