package dev.tidemark.store.probe;

import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.Optional;

/// Tries out one guarantee.
interface Trial {
  /// Empty: it holds; otherwise what is wrong.
  Optional<String> run() throws StoreException, InterruptedException, IOException;
}
