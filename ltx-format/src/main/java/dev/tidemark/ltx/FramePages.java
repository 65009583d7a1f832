package dev.tidemark.ltx;

/// Compares the frame rows with what lies in the frames: no page frame in two data frames, and each
/// row's first page. Reading single pages by their number rests on it.
final class FramePages {
  private final IndexFrame index;
  private int frame;
  private long frameStart;
  private long frameEnd;
  private int files;
  private long firstPgno;

  FramePages(IndexFrame index) {
    this.index = index;
    this.frameEnd = index.frame(0).decompressedSize();
  }

  /// An LTX file begins at this byte of the contents.
  void file(long start) throws CorruptLtxException {
    advance(start);
    // Frames behind the first of a larger file hold that file alone.
    files = start == frameStart ? 1 : files + 1;
  }

  void page(long pgno, long start, long end) throws CorruptLtxException {
    advance(start);
    if (end > frameEnd) {
      throw new CorruptLtxException(
          index.frameOffset(frame),
          "frame of page %d does not lie in data frame %d alone".formatted(pgno, frame));
    }
    if (firstPgno == 0) {
      firstPgno = pgno;
    }
  }

  /// The contents end here.
  void end(long end) throws CorruptLtxException {
    advance(end);
    checkFirst();
  }

  private void advance(long position) throws CorruptLtxException {
    while (position >= frameEnd && frame + 1 < index.frameCount()) {
      checkFirst();
      frame++;
      frameStart = frameEnd;
      frameEnd += index.frame(frame).decompressedSize();
      files = 1;
      firstPgno = 0;
    }
  }

  private void checkFirst() throws CorruptLtxException {
    long expected = files == 1 ? firstPgno : 0;
    long stated = index.frame(frame).firstPgno();
    if (stated != expected) {
      throw new CorruptLtxException(
          index.frameOffset(frame),
          "first page of data frame %d is %d, its row says %d".formatted(frame, expected, stated));
    }
  }
}
