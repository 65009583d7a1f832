package dev.tidemark.shipper;

import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.LongUnaryOperator;

/// How a live database differs from known page checksums: what attach (none known: 0) and resync
/// ship. Pages that differ wait in a sparse file of the state directory, so that memory holds one
/// bit a page.
final class ImageDiff implements PageSet, ImageRead.Visitor, AutoCloseable {
  static final String FILE = "image.partial";

  private final StateFiles files;
  private final StateFiles.Handle staged;
  private final LongUnaryOperator sums;
  private final PageSize pageSize;
  private final BitSet differing = new BitSet();
  private final PageSet marked = new MarkedPages(differing, this::read);

  private ImageDiff(StateFiles files, LongUnaryOperator sums, PageSize pageSize)
      throws IOException {
    this.files = files;
    this.sums = sums;
    this.pageSize = pageSize;
    files.delete(FILE);
    this.staged = files.open(FILE);
  }

  /// A difference and where it was taken.
  record Taken(ImageDiff pages, ImageRead image) {}

  /// Reads the database. The pin must keep the WAL from being reset.
  static Taken take(Source source, StateFiles files, LongUnaryOperator sums, PageSize pageSize)
      throws IOException, LostContinuityException {
    ImageDiff diff = new ImageDiff(files, sums, pageSize);
    try {
      return new Taken(diff, ImageRead.read(source, pageSize, diff));
    } catch (IOException | LostContinuityException | RuntimeException e) {
      diff.close();
      throw e;
    }
  }

  @Override
  public void page(long pgno, byte[] bytes, int offset) throws IOException {
    boolean differs =
        PageChecksum.of(pgno, bytes, offset, pageSize.bytes()) != sums.applyAsLong(pgno);
    if (differs) {
      staged.write(pageSize.offsetOf(pgno), bytes, offset, pageSize.bytes());
    }
    differing.set(Math.toIntExact(pgno), differs);
  }

  @Override
  public void end(long commit) {
    if (differing.length() > commit + 1) {
      differing.clear((int) commit + 1, differing.length());
    }
  }

  @Override
  public long count() {
    return marked.count();
  }

  /// The first page that differs; 0 if none does.
  long first() {
    return Math.max(differing.nextSetBit(1), 0);
  }

  private void read(int pgno, byte[] page) throws IOException {
    staged.read(pageSize.offsetOf(pgno), page, 0, page.length);
  }

  @Override
  public Cursor open() {
    return marked.open();
  }

  @Override
  public void close() throws IOException {
    staged.close();
    files.delete(FILE);
  }
}
