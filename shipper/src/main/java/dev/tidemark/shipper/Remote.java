package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.util.Optional;

/// What a writer finds in the bucket at its start.
///
/// `head` is the last position of the log, with its time in milliseconds (0 if there is none).
record Remote(
    DatabaseRecord database,
    Position head,
    long headMillis,
    Optional<BoundaryRecord> boundary,
    WriterMode mode) {

  /// Empty: there is no log.
  static Optional<Remote> read(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Chain> chain = Chain.read(store);
    if (chain.isEmpty()) {
      return Optional.empty();
    }
    Position head = chain.get().head(store);
    Optional<IndexFrame> last = chain.get().lastSegment(store);
    long millis = last.map(index -> index.file(index.fileCount() - 1).timestampMillis()).orElse(0L);
    DatabaseRecord database = chain.get().database();
    WriterMode mode = Records.honoursConditions(store) ? WriterMode.FENCED : WriterMode.DETECT_ONLY;
    return Optional.of(new Remote(database, head, millis, chain.get().boundary(), mode));
  }

  /// Creates the log; if somebody else was faster, theirs stands.
  static Remote create(ObjectStore store, Id128 databaseId, Instant now, String tool)
      throws StoreException, DamagedLogException, InterruptedException {
    Records.createDatabase(store, new DatabaseRecord(databaseId, now, tool));
    return read(store)
        .orElseThrow(() ->
            new StoreException(
                StoreException.Kind.UNAVAILABLE, "the log that was just created is not listed"));
  }
}
