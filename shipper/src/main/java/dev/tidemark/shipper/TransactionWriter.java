package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.sqlite.WalFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;

/// Turns a draft into one LTX file: gives it the next number, and its checksum from the page sums.
/// `page` is room for one page.
final class TransactionWriter {
  private final TransactionDraft draft;
  private final Position before;
  private final long commitBefore;
  private final DirtySums sums;
  private final long nodeId;
  private final byte[] page;

  TransactionWriter(
      TransactionDraft draft,
      Position before,
      long commitBefore,
      DirtySums sums,
      long nodeId,
      byte[] page) {
    this.draft = draft;
    this.before = before;
    this.commitBefore = commitBefore;
    this.sums = sums;
    this.nodeId = nodeId;
    this.page = page;
  }

  TransactionDraft draft() {
    return draft;
  }

  /// The position that it continues.
  Position before() {
    return before;
  }

  /// The length of the file, known before it is written.
  long length() throws IOException {
    PageSet.Cursor cursor = draft.pages().open();
    try {
      return LtxWriter.literalLength(draft.pageSize(), new Pgnos(cursor, draft.pages().count()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// What was written. The new page sums count only after [RollingChecksum#keep], once it is in the
  /// log.
  record Written(FileRow row, RollingChecksum rolling) {}

  /// Writes the file. `keep` remembers the new page sums; without it, they are found again by
  /// reading the file back ([TableReplay]), which needs no memory.
  Written write(LtxOutput out, SpillScratch index, boolean keep)
      throws IOException, LostContinuityException {
    PageSize pageSize = draft.pageSize();
    RollingChecksum rolling =
        isFull()
            ? new RollingChecksum(sums, pageSize, Checksum.EMPTY, 0, draft.commit())
            : new RollingChecksum(sums, pageSize, before.checksum(), commitBefore, draft.commit());
    LtxWriter writer = new LtxWriter(out, header(), PageEncoding.LITERAL, index);
    PageSet.Cursor cursor = draft.pages().open();
    for (long pgno = cursor.next(); pgno != 0; pgno = cursor.next()) {
      cursor.read(page);
      rolling.page(pgno, writer.page(pgno, page, 0), keep);
    }
    Checksum after = rolling.finish();
    writer.finish(after);
    long pages = draft.pages().count();
    FileRow row =
        new FileRow(draft.timestampMillis(), after, writer.length(), pages, draft.commit());
    return new Written(row, rolling);
  }

  private boolean isFull() {
    return draft.kind() == TransactionDraft.Kind.FULL;
  }

  private LtxHeader header() {
    Txid txid = before.txid().next();
    boolean fromWal = draft.walFrames() > 0;
    int pageSize = draft.pageSize().bytes();
    return new LtxHeader(
        0,
        draft.pageSize(),
        draft.commit(),
        txid,
        txid,
        draft.timestampMillis(),
        before.checksum(),
        fromWal ? WalFormat.frameOffset(draft.walFrame(), pageSize) : 0,
        fromWal ? draft.walFrames() * WalFormat.frameBytes(pageSize) : 0,
        fromWal ? (int) (draft.cursor().salts() >>> 32) : 0,
        fromWal ? (int) draft.cursor().salts() : 0,
        nodeId);
  }

  /// The page numbers of a pass.
  private static final class Pgnos implements PrimitiveIterator.OfLong {
    private final PageSet.Cursor cursor;
    private long left;

    Pgnos(PageSet.Cursor cursor, long count) {
      this.cursor = cursor;
      this.left = count;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public long nextLong() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      left--;
      try {
        return cursor.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
