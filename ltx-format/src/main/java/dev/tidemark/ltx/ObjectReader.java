package dev.tidemark.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;

/// Reads a whole object and checks all of it: digest, sizes, zstd and file checksums, and that
/// index frame and LTX headers agree. Frames are decoded ahead on `executor` (up to `readAhead`
/// frames, at most 8 MiB each, in flight), so that decompression runs beside the caller;
/// `Runnable::run` decodes in the caller, and 0 frames ahead keep one in memory.
///
/// That the object is the one its key names, and of the right database, is the caller's to compare
/// with the index frame. Does not close the stream.
public final class ObjectReader implements AutoCloseable {
  private static final int CHUNK = 4096;

  private final InputStream object;
  private final IndexFrame index;
  private final MessageDigest digest = Digests.sha256();
  private final FrameStream contents;
  private final FramePages framePages;
  private Optional<LtxReader> current = Optional.empty();
  private int opened;
  private long fileStart;
  private boolean finished;
  // Stays set when a step throws: what failed once must not look proven later.
  private boolean underWay;

  public ObjectReader(InputStream object, IndexFrame index, int readAhead, Executor executor) {
    this.object = object;
    this.index = index;
    this.contents = new FrameStream(object, index, digest, readAhead, executor);
    this.framePages = new FramePages(index);
  }

  /// Moves to the next LTX file (finishing the current one); false after the last.
  public boolean nextFile() throws IOException {
    begin();
    boolean opened = openNext();
    underWay = false;
    return opened;
  }

  private boolean openNext() throws IOException {
    if (current.isPresent()) {
      finishFile(current.get());
    }
    if (opened == index.fileCount()) {
      return false;
    }
    contents.limit(row(opened).length());
    framePages.file(fileStart);
    LtxReader reader =
        new LtxReader(
            contents,
            (pgno, start, end) -> framePages.page(pgno, fileStart + start, fileStart + end));
    current = Optional.of(reader);
    opened++;
    checkHeader(reader.header());
    return true;
  }

  /// The current file's reader.
  public LtxReader file() {
    return current.orElseThrow(() -> new IllegalStateException("no file is open"));
  }

  /// The index frame's row of the current file.
  public FileRow row() {
    if (current.isEmpty()) {
      throw new IllegalStateException("no file is open");
    }
    return row(opened - 1);
  }

  /// Reads what is left and checks the digest. Nothing is proven before.
  public void finish() throws IOException {
    if (finished) {
      return;
    }
    while (nextFile()) {
      // Every file has to be read for its checksum.
    }
    begin();
    framePages.end(fileStart);
    checkIndexFrame();
    underWay = false;
    finished = true;
  }

  private void begin() {
    if (underWay) {
      throw new IllegalStateException("object has failed before");
    }
    underWay = true;
  }

  /// Releases native memory; harmless when called twice.
  @Override
  public void close() {
    contents.close();
  }

  private FileRow row(int i) {
    return index.file(i);
  }

  private void finishFile(LtxReader reader) throws IOException {
    current = Optional.empty();
    LtxTrailer trailer = reader.finish();
    FileRow found = FileRow.of(reader.header(), trailer, reader.length(), reader.pages());
    FileRow expected = row(opened - 1);
    if (!found.equals(expected)) {
      throw new CorruptLtxException(
          index.dataBytes(), "LTX file is %s, its row says %s".formatted(found, expected));
    }
    fileStart += reader.length();
  }

  private void checkHeader(LtxHeader header) throws CorruptLtxException {
    int i = opened - 1;
    Txid first = index.firstTxidOf(i);
    Txid last = index.lastTxidOf(i);
    if (!header.minTxid().equals(first) || !header.maxTxid().equals(last)) {
      throw new CorruptLtxException(
          index.dataBytes(),
          "LTX file %d has transactions %s-%s, expected %s-%s"
              .formatted(i, header.minTxid(), header.maxTxid(), first, last));
    }
    Checksum before = index.beforeOf(i);
    if (!header.tracksChecksums() || !header.preApply().equals(before)) {
      throw new CorruptLtxException(
          index.dataBytes(),
          "LTX file %d has checksum before %s, expected %s"
              .formatted(i, header.preApply(), before));
    }
    if (!header.pageSize().equals(index.identity().pageSize())) {
      throw new CorruptLtxException(
          index.dataBytes(),
          "LTX file %d has page size %d, expected %d"
              .formatted(i, header.pageSize().bytes(), index.identity().pageSize().bytes()));
    }
  }

  private void checkIndexFrame() throws IOException {
    long hashed = index.objectBytes() - index.dataBytes() - IndexFrame.END_BYTES;
    byte[] chunk = new byte[CHUNK];
    for (long left = hashed; left > 0; ) {
      int count = (int) Math.min(left, chunk.length);
      readIndex(chunk, count);
      digest.update(chunk, 0, count);
      left -= count;
    }
    readIndex(chunk, IndexFrame.END_BYTES);
    long digestAt = index.objectBytes() - IndexFrame.END_BYTES;
    byte[] computed = digest.digest();
    byte[] stored = Arrays.copyOf(chunk, IndexFrame.DIGEST_BYTES);
    if (!Arrays.equals(computed, stored) || !Arrays.equals(computed, index.digest())) {
      throw new CorruptLtxException(digestAt, "object does not have its SHA-256");
    }
    long payload = index.objectBytes() - index.dataBytes() - IndexFrameCodec.SKIPPABLE_BYTES;
    if (Bytes.getUnsigned(chunk, IndexFrame.DIGEST_BYTES) != payload) {
      throw new CorruptLtxException(
          digestAt + IndexFrame.DIGEST_BYTES, "index frame does not end with its size");
    }
    if (object.read() >= 0) {
      throw new CorruptLtxException(index.objectBytes(), "bytes behind the index frame");
    }
  }

  private void readIndex(byte[] into, int length) throws IOException {
    if (object.readNBytes(into, 0, length) < length) {
      throw new CorruptLtxException(
          index.objectBytes() - 1, "object is cut short in its index frame");
    }
  }
}
