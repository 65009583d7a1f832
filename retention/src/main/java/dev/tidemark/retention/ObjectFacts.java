package dev.tidemark.retention;

import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.time.Instant;

/// What keys do not say. Each answer may cost a request, so a plan asks as little as it can, and
/// nothing twice.
public interface ObjectFacts {
  /// The time of the last transaction in an object. Times never fall along the log.
  Instant time(Chain.Item item) throws StoreException, DamagedLogException, InterruptedException;

  /// Whether an object begins with a full transaction that changes the page size. Asked only of
  /// what is about to be merged, and so to be read anyway.
  boolean changesPageSize(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException;
}
