package dev.tidemark.store;

import dev.tidemark.ltx.LtxHeader;

/// Why there is a transaction.
public enum TransactionKind {
  /// The application committed.
  COMMIT,
  /// The whole database, as the first transaction of a log.
  ATTACH,
  /// The difference between the database and the last position on record.
  RESYNC,
  /// No pages: a replica became the writer.
  PROMOTION;

  /// What a transaction is that stands alone in its segment. Only a commit comes from the WAL.
  static TransactionKind of(LtxHeader header, long pages) {
    if (header.isSnapshot()) {
      return ATTACH;
    }
    if (pages == 0) {
      return PROMOTION;
    }
    return header.walOffset() > 0 ? COMMIT : RESYNC;
  }
}
