package dev.tidemark.store;

import dev.tidemark.ltx.Txid;
import java.time.Instant;

/// Which state is wanted.
public sealed interface RestoreTarget {
  /// The head of the log.
  record Latest() implements RestoreTarget {}

  /// The state after this transaction.
  record AtTxid(Txid txid) implements RestoreTarget {}

  /// The state after the last restorable transaction whose time is not later.
  record AtTime(Instant time) implements RestoreTarget {}
}
