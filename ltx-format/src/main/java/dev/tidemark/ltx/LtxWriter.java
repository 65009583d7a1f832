package dev.tidemark.ltx;

import java.io.IOException;
import java.util.Objects;
import java.util.PrimitiveIterator;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/// Writes one LTX file, front to back: header (by the constructor), pages in ascending order,
/// [#finish]. Holds it to the format's rules (IllegalArgumentException/IllegalStateException for a
/// caller's mistake). Memory does not grow with the number of pages, given a scratch that does not.
public final class LtxWriter {
  static final int PAGE_HEADER_BYTES = 10;
  static final int END_MARKER_BYTES = 6;
  static final int SIZE_PREFIXED = 1;

  private final LtxOutput out;
  private final LtxHeader header;
  private final Scratch index;
  private final PageCrc pageCrc;
  private final Payload payload;
  private final byte[] frame = new byte[PAGE_HEADER_BYTES];
  private final byte[] entry = new byte[IndexEntry.BYTES_MAX];
  private long crc;
  private long length;
  private long indexBytes;
  private long lastPgno;
  private long pages;
  private long xor;
  private boolean finished;

  /// Writes the header. The scratch stays the caller's to close.
  public LtxWriter(LtxOutput out, LtxHeader header, PageEncoding encoding, Scratch index)
      throws IOException {
    this.out = out;
    this.header = header;
    this.index = index;
    this.pageCrc = PageCrc.of(header.pageSize());
    this.payload =
        switch (encoding) {
          case LITERAL -> new LiteralPayload(header.pageSize());
          case LZ4 -> new PackedPayload(header.pageSize());
        };
    hashed(header.encode(), LtxHeader.BYTES);
  }

  /// Writes a page. Answers its checksum (bit 63 set), from the same pass as the file's checksum.
  public long page(long pgno, byte[] page, int offset) throws IOException {
    Objects.checkFromIndexSize(offset, header.pageSize().bytes(), page.length);
    return page(pgno, page, offset, pageCrc.raw(page, offset));
  }

  /// Writes a page whose CRC ([SortedPages#pageCrc]) is known from reading it.
  long page(long pgno, byte[] page, int offset, long rawPage) throws IOException {
    checkPgno(pgno);
    int payloadBytes = payload.prepare(page, offset);
    Bytes.putInt(frame, 0, (int) pgno);
    Bytes.putShort(frame, 4, SIZE_PREFIXED);
    Bytes.putInt(frame, 6, payloadBytes);
    int frameBytes = PAGE_HEADER_BYTES + payloadBytes;
    int entryBytes = IndexEntry.encode(entry, pgno, length, frameBytes);
    index.append(entry, 0, entryBytes);
    indexBytes += entryBytes;

    long checksum = pageCrc.checksum(Crc64.update(0, frame, 0, Integer.BYTES), rawPage);
    xor ^= checksum;
    out.pageFrame(pgno);
    hashed(frame, PAGE_HEADER_BYTES);
    crc = pageCrc.append(crc, rawPage);
    payload.write(out, page, offset);
    length += payloadBytes;
    lastPgno = pgno;
    pages++;
    return checksum;
  }

  /// Writes end marker, page index and trailer; answers the trailer. A second call is a bug.
  public LtxTrailer finish(Checksum postApply) throws IOException {
    checkFinish(postApply);
    finished = true;
    out.tail();
    hashed(new byte[END_MARKER_BYTES], END_MARKER_BYTES);
    long indexStart = length;
    index.copyTo((bytes, offset, count) -> hashed(bytes, offset, count));
    if (length - indexStart != indexBytes) {
      throw new IllegalStateException(
          "scratch gave back %d of %d bytes".formatted(length - indexStart, indexBytes));
    }
    byte[] indexEnd = new byte[1 + Long.BYTES];
    Bytes.putLong(indexEnd, 1, indexBytes + 1);
    hashed(indexEnd, indexEnd.length);

    byte[] after = new byte[Long.BYTES];
    Bytes.putLong(after, 0, postApply.value());
    hashed(after, after.length);
    LtxTrailer trailer = new LtxTrailer(postApply, new Checksum(crc | Checksum.FLAG));
    out.write(trailer.encode(), Long.BYTES, Long.BYTES);
    length += Long.BYTES;
    return trailer;
  }

  /// Bytes written so far.
  public long length() {
    return length;
  }

  /// How many pages were written so far.
  long pages() {
    return pages;
  }

  /// The rolling checksum of the pages written; for a snapshot that of the database.
  Checksum rolling() {
    return Checksum.ofXor(xor);
  }

  /// The length of a whole file with literal pages of these numbers (ascending), before writing it.
  public static long literalLength(PageSize pageSize, PrimitiveIterator.OfLong pgnos) {
    int frameBytes = PAGE_HEADER_BYTES + LiteralRun.payloadBytes(pageSize);
    long offset = LtxHeader.BYTES;
    long indexBytes = 0;
    while (pgnos.hasNext()) {
      indexBytes += IndexEntry.encodedBytes(pgnos.nextLong(), offset, frameBytes);
      offset += frameBytes;
    }
    return offset + END_MARKER_BYTES + indexBytes + 1 + Long.BYTES + LtxTrailer.BYTES;
  }

  private void checkPgno(long pgno) {
    if (finished) {
      throw new IllegalStateException("page %d after the end".formatted(pgno));
    }
    PageSize size = header.pageSize();
    if (pgno < 1 || pgno > header.commit()) {
      throw new IllegalArgumentException(
          "page %d is not in 1..%d".formatted(pgno, header.commit()));
    }
    if (size.isLockPage(pgno)) {
      throw new IllegalArgumentException("page %d is the lock page".formatted(pgno));
    }
    if (pgno <= lastPgno) {
      throw new IllegalArgumentException("page %d after page %d".formatted(pgno, lastPgno));
    }
    if (header.isSnapshot() && pgno != nextOfSnapshot()) {
      throw new IllegalArgumentException(
          "snapshot goes on with page %d, not %d".formatted(nextOfSnapshot(), pgno));
    }
  }

  private long nextOfSnapshot() {
    return header.pageSize().isLockPage(lastPgno + 1) ? lastPgno + 2 : lastPgno + 1;
  }

  private void checkFinish(Checksum postApply) {
    if (finished) {
      throw new IllegalStateException("file is finished");
    }
    if (!LtxTrailer.fits(header, postApply)) {
      throw new IllegalArgumentException(
          "checksum after is %s with commit %d and flags %d"
              .formatted(postApply, header.commit(), header.flags()));
    }
    if (header.isSnapshot()) {
      long all = header.pageSize().dataPages(header.commit());
      if (pages != all) {
        throw new IllegalStateException("snapshot has %d of %d pages".formatted(pages, all));
      }
      if (header.tracksChecksums() && !rolling().equals(postApply)) {
        throw new IllegalArgumentException(
            "checksum after is %s, that of the pages is %s".formatted(postApply, rolling()));
      }
    }
  }

  private void hashed(byte[] bytes, int count) throws IOException {
    hashed(bytes, 0, count);
  }

  private void hashed(byte[] bytes, int offset, int count) throws IOException {
    crc = Crc64.update(crc, bytes, offset, count);
    out.write(bytes, offset, count);
    length += count;
  }

  private sealed interface Payload {
    /// Answers the payload's length.
    int prepare(byte[] page, int offset);

    void write(LtxOutput out, byte[] page, int offset) throws IOException;
  }

  private static final class LiteralPayload implements Payload {
    private final byte[] prefix;
    private final int pageBytes;

    LiteralPayload(PageSize size) {
      prefix = LiteralRun.prefix(size);
      pageBytes = size.bytes();
    }

    @Override
    public int prepare(byte[] page, int offset) {
      return prefix.length + pageBytes;
    }

    @Override
    public void write(LtxOutput out, byte[] page, int offset) throws IOException {
      out.write(prefix, 0, prefix.length);
      out.write(page, offset, pageBytes);
    }
  }

  private static final class PackedPayload implements Payload {
    private final LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
    private final int pageBytes;
    private final byte[] packed;
    private int packedBytes;

    PackedPayload(PageSize size) {
      pageBytes = size.bytes();
      packed = new byte[LiteralRun.payloadBytesMax(size)];
    }

    @Override
    public int prepare(byte[] page, int offset) {
      packedBytes = compressor.compress(page, offset, pageBytes, packed, 0);
      return packedBytes;
    }

    @Override
    public void write(LtxOutput out, byte[] page, int offset) throws IOException {
      out.write(packed, 0, packedBytes);
    }
  }
}
