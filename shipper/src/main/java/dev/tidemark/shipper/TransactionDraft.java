package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;

/// A transaction before it has a number: what changed, and where in the WAL it was found.
///
/// `walFrame` is its first frame and `walFrames` their count, both 0 if it does not come from the
/// WAL. `full`: all pages, and what was before is forgotten. `cursor` is where the WAL has been
/// read to once this transaction is taken.
record TransactionDraft(
    Kind kind,
    long timestampMillis,
    PageSize pageSize,
    long commit,
    PageSet pages,
    long walFrame,
    long walFrames,
    CaptureCursor cursor) {
  /// Why there is a transaction.
  enum Kind {
    COMMIT,
    /// The whole database, as the first transaction of a log or after a change of the page size.
    FULL,
    /// The difference between the database and the last position on record.
    RESYNC
  }
}
