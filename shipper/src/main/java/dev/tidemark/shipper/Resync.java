package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Compares the whole database with the position on record and spools the difference as one
/// transaction; none if there is none. The pin is held.
record Resync(
    Source source, Spool spool, StateFiles files, LongSupplier timestamp, HeaderWait header) {
  private static final int TRIES = 5;

  /// Waits until the wal-index can be read.
  interface HeaderWait {
    WalIndexHeader await() throws IOException;
  }

  /// How many pages differed, and which was the first; none: 0 and 0.
  record Difference(long pages, long first) {}

  Difference run() throws IOException {
    spool.sync();
    PageSize pageSize = new PageSize(source.pageSize());
    Optional<PageTable.Head> head = spool.table().head();
    boolean full = head.isEmpty() || !head.get().pageSize().equals(pageSize);
    for (int tries = 1; ; tries++) {
      try {
        header.await();
        return compare(pageSize, full);
      } catch (LostContinuityException e) {
        if (tries == TRIES) {
          throw new IOException(
              "%s cannot be read exactly: %s".formatted(source.path(), e.getMessage()), e);
        }
      }
    }
  }

  private Difference compare(PageSize pageSize, boolean full)
      throws IOException, LostContinuityException {
    PageTable table = spool.table();
    ImageDiff.Taken taken = ImageDiff.take(source, files, full ? _ -> 0 : table::get, pageSize);
    ImageRead image = taken.image();
    try (ImageDiff pages = taken.pages()) {
      if (!full && pages.count() == 0 && image.commit() == spool.commit()) {
        spool.moveCursor(image.cursor());
        return new Difference(0, 0);
      }
      source.syncWal();
      TransactionDraft.Kind kind = full ? TransactionDraft.Kind.FULL : TransactionDraft.Kind.RESYNC;
      spool.append(
          new TransactionDraft(
              kind, timestamp.getAsLong(), pageSize, image.commit(), pages, 0, 0, image.cursor()));
      return new Difference(pages.count(), pages.first());
    }
  }
}
