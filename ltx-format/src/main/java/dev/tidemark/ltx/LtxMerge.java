package dev.tidemark.ltx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Merges contiguous LTX files into one, page by page, newest first on ties: page p of input i
/// survives iff no later input has p and p is within the commit size of every later input.
///
/// A database that shrinks and grows again carries the pages that came back in a later transaction.
/// A page that did not come back so is unknown, and the inputs are corrupt.
public final class LtxMerge {
  private final List<SortedPages> inputs;
  private final LtxHeader first;
  private final LtxHeader last;
  private final long[] limits;
  // Every page above the smallest commit size was cut off or not there, so all of them must be
  // carried.
  private final long smallestCommit;

  private LtxMerge(List<? extends SortedPages> inputs) throws CorruptLtxException {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("nothing to merge");
    }
    this.inputs = List.copyOf(inputs);
    this.first = inputs.getFirst().header();
    this.last = inputs.getLast().header();
    for (int i = 1; i < inputs.size(); i++) {
      checkNeighbours(i, inputs.get(i - 1).header(), inputs.get(i).header());
    }
    this.limits = new long[inputs.size()];
    long limit = last.commit();
    for (int i = inputs.size() - 1; i >= 0; i--) {
      limits[i] = limit;
      limit = Math.min(limit, inputs.get(i).smallestCommit());
    }
    this.smallestCommit = limit;
  }

  /// `inputs` are oldest first and untouched but for their headers. Checks page sizes, contiguity
  /// and the chain of checksums; finishes every input. The output proves nothing until this
  /// returns, with what an object's index frame says of it.
  public static FileRow merge(
      List<? extends SortedPages> inputs, LtxOutput out, PageEncoding encoding, Scratch index)
      throws IOException {
    return new LtxMerge(inputs).write(out, encoding, index);
  }

  /// The header of the file that merging files with these headers (oldest first) gives.
  static LtxHeader outputHeader(LtxHeader first, LtxHeader last) {
    return new LtxHeader(
        first.flags(),
        first.pageSize(),
        last.commit(),
        first.minTxid(),
        last.maxTxid(),
        last.timestampMillis(),
        first.preApply(),
        0,
        0,
        0,
        0,
        0);
  }

  private FileRow write(LtxOutput out, PageEncoding encoding, Scratch index) throws IOException {
    LtxHeader header = outputHeader(first, last);
    LtxWriter writer = new LtxWriter(out, header, encoding, index);
    mergePages(writer);
    Checksum after = finishInputs();
    if (first.isSnapshot() && first.tracksChecksums() && !writer.rolling().equals(after)) {
      throw new CorruptLtxException(
          0, "merged pages have checksum %s, expected %s".formatted(writer.rolling(), after));
    }
    LtxTrailer trailer = writer.finish(after);
    return FileRow.of(header, trailer, writer.length(), writer.pages());
  }

  private void mergePages(LtxWriter writer) throws IOException {
    PriorityQueue<Cursor> cursors =
        new PriorityQueue<>(
            Comparator.comparingLong(Cursor::pgno)
                .thenComparing(Cursor::input, Comparator.reverseOrder()));
    for (int i = 0; i < inputs.size(); i++) {
      advance(new Cursor(i, inputs.get(i)), cursors);
    }
    long expected = dataPageFrom(smallestCommit + 1);
    long done = 0;
    for (Cursor newest = cursors.poll(); newest != null; newest = cursors.poll()) {
      long pgno = newest.pgno();
      // An older version of the same page comes right behind and is passed over.
      if (pgno > done && pgno <= limits[newest.input()]) {
        if (pgno > smallestCommit) {
          checkCarried(expected, pgno);
          expected = dataPageFrom(pgno + 1);
        }
        SortedPages from = newest.pages();
        writer.page(pgno, from.page(), from.pageOffset(), from.pageCrc());
      }
      done = pgno;
      advance(newest, cursors);
    }
    if (expected <= last.commit()) {
      checkCarried(expected, last.commit() + 1);
    }
  }

  private static void advance(Cursor cursor, PriorityQueue<Cursor> cursors) throws IOException {
    if (cursor.pages().next()) {
      cursors.add(cursor);
    }
  }

  private long dataPageFrom(long pgno) {
    return first.pageSize().isLockPage(pgno) ? pgno + 1 : pgno;
  }

  private static void checkCarried(long expected, long pgno) throws CorruptLtxException {
    if (pgno != expected) {
      throw new CorruptLtxException(
          0, "the database grew to page %d, which no input carries".formatted(expected));
    }
  }

  /// Verifies every input to its end, and that each continues the one before; answers the last
  /// checksum.
  private Checksum finishInputs() throws IOException {
    List<Checksum> ends = new ArrayList<>();
    for (SortedPages input : inputs) {
      int i = ends.size();
      if (i > 0 && !input.header().preApply().equals(ends.getLast())) {
        throw new CorruptLtxException(
            40,
            "input %d continues from checksum %s, the one before ends with %s"
                .formatted(i, input.header().preApply(), ends.getLast()));
      }
      ends.add(input.after());
    }
    return ends.getLast();
  }

  static void checkNeighbours(int i, LtxHeader before, LtxHeader next) throws CorruptLtxException {
    if (!next.pageSize().equals(before.pageSize())) {
      throw new CorruptLtxException(
          8,
          "input %d has page size %d, the one before %d"
              .formatted(i, next.pageSize().bytes(), before.pageSize().bytes()));
    }
    if (next.flags() != before.flags()) {
      throw new CorruptLtxException(
          4, "input %d has flags %d, the one before %d".formatted(i, next.flags(), before.flags()));
    }
    if (!next.minTxid().previous().equals(before.maxTxid())) {
      throw new CorruptLtxException(
          16,
          "input %d begins with transaction %s, the one before ends with %s"
              .formatted(i, next.minTxid(), before.maxTxid()));
    }
  }

  /// An input that stands at a page. Its number changes only while it is not in the queue.
  private record Cursor(int input, SortedPages pages) {
    long pgno() {
      return pages.pgno();
    }
  }
}
