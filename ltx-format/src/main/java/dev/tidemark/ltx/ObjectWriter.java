package dev.tidemark.ltx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/// Writes one object, front to back: for each LTX file [#beginFile], the file's bytes, [#endFile];
/// then [#finish]. Does not close the stream. The same files in the same order give the same bytes.
public final class ObjectWriter implements AutoCloseable {
  /// Small LTX files of a segment share frames up to this size; a larger one is cut by pages.
  public static final int SHARED_FRAME_MAX = 8 << 20;

  /// Page frames of a file that is cut by pages share a frame up to this size.
  static final int CUT_MAX = 256 << 10;

  private final ObjectIdentity identity;
  private final MessageDigest digest = Digests.sha256();
  private final DigestOutputStream out;
  private final FrameBuffer buffer = new FrameBuffer();
  private final LtxCopy copy = new LtxCopy();
  private final HeapScratch fileRows = new HeapScratch();
  private final HeapScratch frameRows = new HeapScratch();
  private FileOutput current = new FileOutput(-1, true);
  private int files;
  private int frames;
  private int filesInFrame;
  private int sharedContent;
  private long sharedLeft;
  private long firstPgno;
  private long dataBytes;
  private Checksum after = Checksum.NONE;
  private boolean inFile;
  private boolean finished;

  public ObjectWriter(OutputStream out, ObjectIdentity identity) {
    this.identity = identity;
    this.out = new DigestOutputStream(out, digest);
  }

  /// Announces that the next files of a segment, of this many bytes in all and at most
  /// [#SHARED_FRAME_MAX], share a data frame. The object is the same as without, but nothing is
  /// held in memory.
  public void beginSharedFrame(long content) throws IOException {
    if (inFile || finished || sharedLeft > 0 || identity.kind() != ObjectKind.SEGMENT) {
      throw new IllegalStateException("a shared frame begins between the files of a segment");
    }
    if (content < 1 || content > SHARED_FRAME_MAX) {
      throw new IllegalArgumentException("a shared frame of %d bytes".formatted(content));
    }
    cut(buffer.size());
    sharedContent = (int) content;
    sharedLeft = content;
    filesInFrame = 0;
    buffer.announce(content, out);
  }

  /// The bytes of the next LTX file go to the answer, with the hints of [LtxOutput]. `length`
  /// decides how a segment is cut; merged files and snapshots pass -1.
  public LtxOutput beginFile(long length) throws IOException {
    boolean segment = identity.kind() == ObjectKind.SEGMENT;
    if (inFile || finished) {
      throw new IllegalStateException("a file is open, or the object is finished");
    }
    if (files == (segment ? IndexFrameHeader.FILES_MAX : 1)) {
      throw new IllegalStateException("object is full: %d files".formatted(files));
    }
    if (segment && length < 0) {
      throw new IllegalArgumentException("a segment needs the length of each file");
    }
    if (sharedLeft > 0 && length > sharedLeft) {
      throw new IllegalArgumentException(
          "file of %d bytes in the last %d of a frame".formatted(length, sharedLeft));
    }
    boolean cutByPages = !segment || length > SHARED_FRAME_MAX;
    if (sharedLeft == 0 && (cutByPages || buffer.size() + length > SHARED_FRAME_MAX)) {
      cut(buffer.size());
    }
    inFile = true;
    filesInFrame = sharedLeft == 0 && buffer.size() == 0 ? 1 : filesInFrame + 1;
    current = new FileOutput(length, cutByPages);
    return current;
  }

  /// Copies a whole literal-paged LTX file of `row.length()` bytes from a stream (begin, write, end
  /// in one). Verifies it on the way: a file that is damaged, or not what `row` says, is a
  /// [CorruptLtxException].
  public void copyFile(InputStream ltx, FileRow row) throws IOException {
    LtxOutput to = beginFile(identity.kind() == ObjectKind.SEGMENT ? row.length() : -1);
    LtxCopy.Copied copied = copy.copy(ltx, row.length(), to);
    if (!copied.row().equals(row)) {
      throw new CorruptLtxException(0, "file is %s, not %s".formatted(copied.row(), row));
    }
    checkContinues(copied.header());
    endFile(row);
  }

  private void checkContinues(LtxHeader header) {
    Position end =
        files == 0
            ? new Position(identity.first().previous(), identity.before())
            : new Position(identity.first().plus(files - 1L), after);
    if (!header.start().equals(end) || !header.pageSize().equals(identity.pageSize())) {
      throw new IllegalArgumentException(
          "file continues from %s with pages of %d bytes, the object from %s with pages of %d"
              .formatted(
                  header.start(), header.pageSize().bytes(), end, identity.pageSize().bytes()));
    }
  }

  public void endFile(FileRow row) throws IOException {
    if (!inFile) {
      throw new IllegalStateException("no file is open");
    }
    if (current.written != row.length()
        || (current.expected >= 0 && current.expected != row.length())) {
      throw new IllegalArgumentException(
          "file of %d bytes, %d announced, has a row that says %d"
              .formatted(current.written, current.expected, row.length()));
    }
    if (row.after().isNone()) {
      throw new IllegalArgumentException("an object carries only files that track checksums");
    }
    if (current.cutByPages) {
      cut(buffer.size());
    }
    fileRows.append(row.encode(), 0, FileRow.BYTES);
    files++;
    after = row.after();
    inFile = false;
    if (sharedLeft > 0) {
      sharedLeft -= row.length();
      if (sharedLeft == 0) {
        endFrame(buffer.finishAnnounced(), sharedContent);
      }
    }
  }

  /// Writes the index frame. `last` is the last transaction contained.
  public IndexFrame finish(Txid last) throws IOException {
    if (inFile || finished || files == 0 || sharedLeft > 0) {
      throw new IllegalStateException("a file or frame is open, or none was written, or finished");
    }
    cut(buffer.size());
    finished = true;
    fileRows.copyTo(buffer::append);
    frameRows.copyTo(buffer::append);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    buffer.flush(buffer.size(), packed);
    IndexFrameHeader header =
        new IndexFrameHeader(identity, last, after, files, frames, packed.size());
    byte[] frame = IndexFrameCodec.encode(header, packed.toByteArray());
    int digestAt = frame.length - IndexFrame.END_BYTES;
    digest.update(frame, 0, digestAt);
    System.arraycopy(digest.digest(), 0, frame, digestAt, IndexFrame.DIGEST_BYTES);
    IndexFrame index = decodeOwn(frame);
    out.on(false);
    out.write(frame, 0, frame.length);
    return index;
  }

  /// What a reader would refuse is not written.
  private IndexFrame decodeOwn(byte[] frame) {
    try {
      return IndexFrame.decode(frame, dataBytes + frame.length);
    } catch (CorruptLtxException e) {
      throw new IllegalArgumentException("files do not make an object: " + e.reason(), e);
    }
  }

  /// Releases native memory; harmless after [#finish] and when called twice.
  @Override
  public void close() {
    buffer.close();
  }

  /// Ends a data frame after the first `length` bytes of the buffer.
  private void cut(int length) throws IOException {
    if (length == 0) {
      return;
    }
    endFrame(buffer.flush(length, out), length);
  }

  private void endFrame(int packed, int length) {
    if (frames == IndexFrameHeader.FRAMES_MAX) {
      throw new IllegalStateException("object is full: %d frames".formatted(frames));
    }
    FrameRow row = new FrameRow(packed, length, filesInFrame == 1 ? firstPgno : 0);
    frameRows.append(row.encode(), 0, FrameRow.BYTES);
    frames++;
    dataBytes += packed;
    filesInFrame = 1;
    firstPgno = 0;
  }

  /// The bytes of one file. A file cut by pages is cut where its last page frame began as soon as
  /// the buffer holds too much, which leaves whole page frames in every data frame.
  private final class FileOutput implements LtxOutput {
    private final long expected;
    private final boolean cutByPages;
    private long written;
    private int pageAt;
    private long pageAtPgno;
    private boolean inTail;

    FileOutput(long expected, boolean cutByPages) {
      this.expected = expected;
      this.cutByPages = cutByPages;
    }

    @Override
    public void pageFrame(long pgno) {
      pageAt = buffer.size();
      pageAtPgno = pgno;
      if (firstPgno == 0) {
        firstPgno = pgno;
      }
    }

    @Override
    public void tail() throws IOException {
      if (cutByPages) {
        cut(buffer.size());
      }
      inTail = true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (this != current || !inFile) {
        throw new IllegalStateException("file is not open");
      }
      written += length;
      if (expected >= 0 && written > expected) {
        throw new IllegalArgumentException(
            "file is longer than the %d announced".formatted(expected));
      }
      buffer.append(bytes, offset, length);
      while (cutByPages && buffer.size() > CUT_MAX) {
        if (inTail) {
          cut(CUT_MAX);
        } else {
          cutBeforePage();
        }
      }
    }

    private void cutBeforePage() throws IOException {
      if (pageAt == 0) {
        throw new IllegalStateException("%d bytes without a page".formatted(buffer.size()));
      }
      if (firstPgno == pageAtPgno) {
        firstPgno = 0;
      }
      cut(pageAt);
      firstPgno = pageAtPgno;
      pageAt = 0;
    }
  }
}
