package dev.tidemark.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What some stores can tell about themselves, beyond what Tidemark asks of all of them. Only
/// `doctor`, the start of a writer and maintenance want to know.
public interface StoreInsight {
  /// Of a store that has nothing to tell.
  StoreInsight NONE = new StoreInsight() {};

  /// The same store, but every object goes up in parts, as otherwise only large ones do. It shares
  /// this store's connections and is not closed by itself. Empty: nothing ever goes up in parts.
  default Optional<ObjectStore> inParts() {
    return Optional.empty();
  }

  /// The server's clock, to the second.
  default Optional<Instant> serverTime() throws StoreException, InterruptedException {
    return Optional.empty();
  }

  /// Rules by which the store itself removes or archives objects of this log, as words for a
  /// person. Empty as well if they may not be read.
  default List<String> lifecycleRules() throws InterruptedException {
    return List.of();
  }

  /// Uploads in parts under a prefix that were begun and not ended, by whomever; one that is under
  /// way may be among them. Empty as well if the store knows of no such thing. Some servers list
  /// only those of a whole key, so that an empty answer is no proof.
  default List<UnfinishedUpload> unfinishedUploads(String prefix)
      throws StoreException, InterruptedException {
    return List.of();
  }

  /// Drops the parts of an upload; one that has ended meanwhile is fine. Whoever still uploads it
  /// fails, and the object is not there.
  default void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
    throw new UnsupportedOperationException("no uploads in parts: " + upload.key());
  }
}
