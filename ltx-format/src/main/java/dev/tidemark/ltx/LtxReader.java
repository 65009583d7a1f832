package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Reads one LTX file, front to back, and leaves the stream right behind it. Nothing that it hands
/// out may be relied on before [#finish] returned. Constant memory.
///
/// Stricter than the format's reference: order, range and completeness of the pages, the page index
/// and the form of the trailer are all checked. Bad bytes are a [CorruptLtxException], never
/// another exception.
public final class LtxReader implements SortedPages {
  private static final int CHUNK = 4096;

  /// Told of every page frame, before its page is handed out: bytes `start` to `end` of the file.
  interface FrameListener {
    void pageFrame(long pgno, long start, long end) throws CorruptLtxException;
  }

  private final LtxSource source;
  private final FrameListener listener;
  private final LtxHeader header;
  private final PageCrc pageCrc;
  private final PayloadReader payload;
  private final byte[] frame = new byte[LtxWriter.PAGE_HEADER_BYTES];
  private final byte[] entry = new byte[IndexEntry.BYTES_MAX];
  private long crc;
  // The page index is not kept: its length and CRC follow from the frames.
  private long indexBytes;
  private long indexCrc;
  private long pgno;
  private long pages;
  private long pageChecksum;
  private long rawPage;
  private long xor;
  private boolean ended;
  private Optional<LtxTrailer> trailer = Optional.empty();

  /// Reads and checks the header. Offsets in errors count from here.
  public LtxReader(InputStream in) throws IOException {
    this(in, (_, _, _) -> {});
  }

  LtxReader(InputStream in, FrameListener listener) throws IOException {
    this.listener = listener;
    source = new LtxSource(in);
    byte[] bytes = new byte[LtxHeader.BYTES];
    source.read(bytes, 0, bytes.length, "header");
    header = LtxHeader.decode(bytes);
    crc = Crc64.update(0, bytes, 0, bytes.length);
    pageCrc = PageCrc.of(header.pageSize());
    payload = new PayloadReader(source, header.pageSize());
  }

  @Override
  public LtxHeader header() {
    return header;
  }

  /// Reads the next page; false at the end marker.
  @Override
  public boolean next() throws IOException {
    if (ended) {
      return false;
    }
    long start = source.offset();
    // Ten bytes are there in any whole file: page index and trailer follow the six of an end
    // marker.
    source.read(frame, 0, frame.length, "pages");
    long number = Bytes.getUnsigned(frame, 0);
    int flags = Bytes.getShort(frame, 4);
    if (number == 0) {
      end(start, flags);
      return false;
    }
    checkPgno(start, number);
    int hashed = readPayload(start, flags);
    rawPage = pageCrc.raw(payload.page(), 0);
    pageChecksum = pageCrc.checksum(Crc64.update(0, frame, 0, Integer.BYTES), rawPage);
    crc = pageCrc.append(Crc64.update(crc, frame, 0, hashed), rawPage);
    xor ^= pageChecksum;
    int entryBytes = IndexEntry.encode(entry, number, start, source.offset() - start);
    indexCrc = Crc64.update(indexCrc, entry, 0, entryBytes);
    indexBytes += entryBytes;
    listener.pageFrame(number, start, source.offset());
    pgno = number;
    pages++;
    return true;
  }

  @Override
  public long pgno() {
    return pgno;
  }

  /// The page just read; this reader's own buffer, valid until the next call of [#next].
  @Override
  public byte[] page() {
    return payload.page();
  }

  /// The checksum of the page just read (bit 63 set), from the same pass as the file's checksum.
  public long pageChecksum() {
    return pageChecksum;
  }

  @Override
  public long pageCrc() {
    return rawPage;
  }

  @Override
  public Checksum after() throws IOException {
    return finish().postApply();
  }

  /// How many pages were read so far; after [#finish] all of the file.
  public long pages() {
    return pages;
  }

  /// Reads and checks index, trailer, file checksum and, for a snapshot, completeness and rolling
  /// checksum. Reads the remaining pages if there are any. A second call answers the same.
  public LtxTrailer finish() throws IOException {
    if (trailer.isPresent()) {
      return trailer.get();
    }
    while (next()) {
      // Every page has to be read for the checksum.
    }
    checkIndex();
    LtxTrailer checked = checkTrailer();
    trailer = Optional.of(checked);
    return checked;
  }

  /// Bytes read so far; after [#finish] the length of the file.
  public long length() {
    return source.offset();
  }

  private void checkPgno(long start, long number) throws CorruptLtxException {
    PageSize size = header.pageSize();
    if (number > header.commit()) {
      throw new CorruptLtxException(
          start, "page %d is beyond the commit size %d".formatted(number, header.commit()));
    }
    if (size.isLockPage(number)) {
      throw new CorruptLtxException(start, "page %d is the lock page".formatted(number));
    }
    if (number <= pgno) {
      throw new CorruptLtxException(start, "page %d after page %d".formatted(number, pgno));
    }
    long expected = size.isLockPage(pgno + 1) ? pgno + 2 : pgno + 1;
    if (header.isSnapshot() && number != expected) {
      throw new CorruptLtxException(
          start, "snapshot has page %d where %d is next".formatted(number, expected));
    }
  }

  /// Answers how many bytes of the frame's header count for the file checksum.
  private int readPayload(long start, int flags) throws IOException {
    if (flags == LtxWriter.SIZE_PREFIXED) {
      payload.block(Bytes.getInt(frame, 6));
      return LtxWriter.PAGE_HEADER_BYTES;
    }
    if (flags != 0) {
      throw new CorruptLtxException(start + 4, "unknown page flags %04x".formatted(flags));
    }
    if (Bytes.getIntLittle(frame, 6) != Lz4Frame.MAGIC) {
      throw new CorruptLtxException(start + 6, "payload is not an LZ4 frame");
    }
    payload.frame();
    return LtxWriter.END_MARKER_BYTES;
  }

  private void end(long start, int flags) throws CorruptLtxException {
    if (flags != 0) {
      throw new CorruptLtxException(start + 4, "page 0 with flags %04x".formatted(flags));
    }
    long all = header.pageSize().dataPages(header.commit());
    if (header.isSnapshot() && pages != all) {
      throw new CorruptLtxException(start, "snapshot has %d of %d pages".formatted(pages, all));
    }
    crc = Crc64.update(crc, frame, 0, LtxWriter.END_MARKER_BYTES);
    source.unread(frame, LtxWriter.END_MARKER_BYTES);
    ended = true;
  }

  private void checkIndex() throws IOException {
    long start = source.offset();
    long expectedBytes = indexBytes + 1;
    long expectedCrc = Crc64.update(indexCrc, new byte[1], 0, 1);
    byte[] chunk = new byte[(int) Math.min(expectedBytes, CHUNK)];
    long found = 0;
    for (long left = expectedBytes; left > 0; ) {
      int count = (int) Math.min(left, chunk.length);
      source.read(chunk, 0, count, "page index");
      found = Crc64.update(found, chunk, 0, count);
      left -= count;
    }
    if (found != expectedCrc) {
      throw new CorruptLtxException(start, "page index does not match the pages");
    }
    crc = Crc64.combine(crc, found, expectedBytes);
    byte[] size = new byte[Long.BYTES];
    source.read(size, 0, size.length, "page index");
    if (Bytes.getLong(size, 0) != expectedBytes) {
      throw new CorruptLtxException(
          source.offset() - Long.BYTES,
          "page index of %d bytes says %d".formatted(expectedBytes, Bytes.getLong(size, 0)));
    }
    crc = Crc64.update(crc, size, 0, size.length);
  }

  private LtxTrailer checkTrailer() throws IOException {
    long start = source.offset();
    byte[] bytes = new byte[LtxTrailer.BYTES];
    source.read(bytes, 0, bytes.length, "trailer");
    Checksum postApply = new Checksum(Bytes.getLong(bytes, 0));
    Checksum stored = new Checksum(Bytes.getLong(bytes, 8));
    Checksum computed = new Checksum(Crc64.update(crc, bytes, 0, Long.BYTES) | Checksum.FLAG);
    if (!LtxTrailer.fits(header, postApply)) {
      throw new CorruptLtxException(
          start, "checksum after cannot be %s in this file".formatted(postApply));
    }
    if (!stored.equals(computed)) {
      throw new CorruptLtxException(
          start + 8, "file checksum is %s, that of the file is %s".formatted(stored, computed));
    }
    Checksum rolling = Checksum.ofXor(xor);
    if (header.isSnapshot() && header.tracksChecksums() && !rolling.equals(postApply)) {
      throw new CorruptLtxException(
          start, "checksum after is %s, that of the pages is %s".formatted(postApply, rolling));
    }
    return new LtxTrailer(postApply, stored);
  }
}
