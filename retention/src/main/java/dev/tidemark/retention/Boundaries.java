package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The boundary records, as far as one run has read them. They are never changed and never deleted,
/// so nothing is read twice.
final class Boundaries {
  private final ObjectStore store;
  private final Map<Integer, BoundaryRecord> read = new HashMap<>();
  private Optional<BoundaryRecord> last = Optional.empty();

  Boundaries(ObjectStore store) {
    this.store = store;
  }

  /// The last one that was seen.
  Optional<BoundaryRecord> last() {
    return last;
  }

  void seen(Optional<BoundaryRecord> record) {
    last = record;
  }

  /// The last one there is now.
  Optional<BoundaryRecord> current(Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    int known = last.map(BoundaryRecord::number).orElse(0);
    Records.boundaryAfter(store, known, databaseId).ifPresent(newer -> last = Optional.of(newer));
    return last;
  }

  /// Where the boundary was when all records were at least so old: the position of the last one
  /// that is not younger; START if there is none. Usually that is the record before the last one,
  /// and one request; steps that double, and halving, find an older one.
  Position at(BoundaryRecord latest, Instant time)
      throws StoreException, DamagedLogException, InterruptedException {
    if (!latest.created().isAfter(time)) {
      return latest.position();
    }
    int younger = latest.number();
    int older = 0;
    Position position = Position.START;
    for (int step = 1; younger - older > 1; step *= 2) {
      int next = older > 0 ? (older + younger) / 2 : Math.max(1, younger - step);
      Optional<BoundaryRecord> record = record(latest, next);
      if (record.isPresent() && !record.get().created().isAfter(time)) {
        older = next;
        position = record.get().position();
      } else {
        younger = next;
      }
    }
    return position;
  }

  private Optional<BoundaryRecord> record(BoundaryRecord latest, int number)
      throws StoreException, DamagedLogException, InterruptedException {
    BoundaryRecord known = read.get(number);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<BoundaryRecord> found = Records.boundary(store, number, latest.databaseId());
    found.ifPresent(record -> read.put(number, record));
    return found;
  }
}
