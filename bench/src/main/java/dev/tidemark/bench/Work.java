package dev.tidemark.bench;

/// What one transaction does.
enum Work {
  /// Changes one row of the accounts, any: usually one page.
  UPDATE,

  /// Moves money between two accounts and writes it down in a table with an index: some pages, most
  /// of them the same as in the transaction before.
  TRANSFER
}
