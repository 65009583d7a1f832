package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import java.util.Arrays;
import java.util.BitSet;

/// Transactions for a spool, numbered from 1: each writes every page of a small database, filled
/// with its number.
final class NumberedDrafts {
  private static final PageSize PAGE_SIZE = new PageSize(512);
  private static final int PAGES = 3;
  private static final int VAIN = 99;

  private int last;

  NumberedDrafts(int last) {
    this.last = last;
  }

  TransactionDraft next(TransactionDraft.Kind kind) {
    last++;
    return draft(kind, last, filledWith(last));
  }

  /// The next one, as it is not going to be: its number is free again.
  TransactionDraft vain(TransactionDraft.Kind kind) {
    return draft(kind, last + 1, filledWith(VAIN));
  }

  /// The same, of pages that cannot be read.
  TransactionDraft vain(TransactionDraft.Kind kind, MarkedPages.Content content) {
    return draft(kind, last + 1, content);
  }

  private static MarkedPages.Content filledWith(int number) {
    return (_, page) -> Arrays.fill(page, (byte) number);
  }

  private static TransactionDraft draft(
      TransactionDraft.Kind kind, int number, MarkedPages.Content content) {
    BitSet all = new BitSet();
    all.set(1, PAGES + 1);
    return new TransactionDraft(
        kind,
        1_000L + number,
        PAGE_SIZE,
        PAGES,
        new MarkedPages(all, content),
        0,
        0,
        new CaptureCursor(7, number, 0, number));
  }
}
