package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// Reads and writes the JSON records. A record of a newer format is refused
/// ([DamagedLogException]).
public final class Records {
  /// The newest format of records and objects that this code knows.
  public static final int FORMAT = 1;

  private static final int BYTES_MAX = 64 << 10;
  private static final int PUT_ATTEMPTS = 4;

  private Records() {}

  public static Optional<DatabaseRecord> database(ObjectStore store)
      throws StoreException, DamagedLogException, InterruptedException {
    return read(
        store,
        DatabaseRecord.KEY,
        json ->
            new DatabaseRecord(
                Id128.parse(text(json, "database_id")),
                Instant.parse(text(json, "created")),
                json.string("tool").orElse("")));
  }

  /// Whether the store refuses to put what exists, tried with the very bytes of an existing
  /// `database.json`, so that a store that ignores the condition changes nothing. Large objects go
  /// up in another way, which is tried as well. An answer that is not clear is no promise: asked
  /// again, and then thrown.
  public static boolean honoursConditions(ObjectStore store)
      throws StoreException, InterruptedException {
    Optional<Slice> there = store.get(DatabaseRecord.KEY, new ByteRange.Last(BYTES_MAX));
    if (there.isEmpty()) {
      return true;
    }
    Body same = Body.of(there.get().bytes());
    return refusesToPut(store, same) && partsAreRefused(store.insight(), same);
  }

  // A store that takes no parts at all says so when the first large segment is due.
  private static boolean partsAreRefused(StoreInsight insight, Body same)
      throws StoreException, InterruptedException {
    Optional<ObjectStore> inParts = insight.inParts();
    try {
      return inParts.isEmpty() || refusesToPut(inParts.get(), same);
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.REFUSED) {
        return true;
      }
      throw e;
    }
  }

  private static boolean refusesToPut(ObjectStore store, Body same)
      throws StoreException, InterruptedException {
    for (int attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
      PutOutcome outcome = store.putIfAbsent(DatabaseRecord.KEY, same);
      if (outcome != PutOutcome.UNCLEAR) {
        return outcome == PutOutcome.PRESENT;
      }
    }
    throw new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "%s: no clear answer to %d attempts to put it again"
            .formatted(DatabaseRecord.KEY, PUT_ATTEMPTS));
  }

  /// Stores the record unless there is one, settles an unclear answer by reading back, and answers
  /// what stands.
  public static DatabaseRecord createDatabase(ObjectStore store, DatabaseRecord wanted)
      throws StoreException, DamagedLogException, InterruptedException {
    Body body =
        Body.of(
            new JsonObject()
                .put("format", FORMAT)
                .put("database_id", wanted.databaseId().toString())
                .put("created", wanted.created())
                .put("tool", wanted.tool())
                .bytes());
    for (int attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
      if (store.putIfAbsent(DatabaseRecord.KEY, body) == PutOutcome.STORED) {
        return wanted;
      }
      Optional<DatabaseRecord> standing = database(store);
      if (standing.isPresent()) {
        return standing.get();
      }
    }
    throw new StoreException(
        StoreException.Kind.UNAVAILABLE,
        DatabaseRecord.KEY + ": not stored and not found after " + PUT_ATTEMPTS + " attempts");
  }

  /// The last boundary, looked for from a known one onward (number 0 at first); empty when there is
  /// nothing newer, which costs one GET.
  public static Optional<BoundaryRecord> boundaryAfter(
      ObjectStore store, int knownNumber, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    // Records are contiguous and never deleted, so that presence is monotone in the number: steps
    // that double find an absent one, halving finds the last present one.
    Optional<BoundaryRecord> last = boundary(store, knownNumber + 1, databaseId);
    if (last.isEmpty()) {
      return last;
    }
    int present = knownNumber + 1;
    long absent = Long.MAX_VALUE;
    long step = 1;
    while (absent - present > 1) {
      long next = absent == Long.MAX_VALUE ? present + step : (present + absent) / 2;
      Optional<BoundaryRecord> found = boundary(store, Math.toIntExact(next), databaseId);
      if (found.isPresent()) {
        last = found;
        present = found.get().number();
        step *= 2;
      } else {
        absent = next;
      }
    }
    return last;
  }

  /// Stores boundary record `wanted.number()`; nothing is settled here.
  public static PutOutcome putBoundary(ObjectStore store, BoundaryRecord wanted)
      throws StoreException, InterruptedException {
    return store.putIfAbsent(
        BoundaryRecord.key(wanted.number()),
        Body.of(
            new JsonObject()
                .put("format", FORMAT)
                .put("database_id", wanted.databaseId().toString())
                .put("position", wanted.position().toString())
                .put("created", wanted.created())
                .bytes()));
  }

  /// Reads any record: the bytes as JSON, its format checked, then `form`, whose
  /// [IllegalArgumentException] and [DateTimeException] mean damage.
  public static <T> Optional<T> read(ObjectStore store, String key, Function<JsonObject, T> form)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Slice> slice = store.get(key, new ByteRange.Last(BYTES_MAX));
    if (slice.isEmpty()) {
      return Optional.empty();
    }
    if (slice.get().objectSize() > BYTES_MAX) {
      throw new DamagedLogException(
          key, "a record of " + slice.get().objectSize() + " bytes is no record of Tidemark");
    }
    try {
      JsonObject json = JsonObject.parse(slice.get().bytes());
      long format =
          json.number("format")
              .orElseThrow(() -> new IllegalArgumentException("field 'format' is missing"));
      if (format > FORMAT) {
        throw new DamagedLogException(
            key,
            "written by a newer version of Tidemark (format "
                + format
                + ", known up to "
                + FORMAT
                + ")");
      }
      return Optional.of(form.apply(json));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new DamagedLogException(key, "malformed record: " + e.getMessage(), e);
    }
  }

  private static Optional<BoundaryRecord> boundary(ObjectStore store, int number, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    String key = BoundaryRecord.key(number);
    Optional<BoundaryRecord> record =
        read(
            store,
            key,
            json ->
                new BoundaryRecord(
                    number,
                    Id128.parse(text(json, "database_id")),
                    Position.parse(text(json, "position")),
                    Instant.parse(text(json, "created"))));
    if (record.isPresent() && !record.get().databaseId().equals(databaseId)) {
      throw new DamagedLogException(
          key,
          "belongs to database "
              + record.get().databaseId()
              + ", "
              + DatabaseRecord.KEY
              + " names "
              + databaseId);
    }
    return record;
  }

  /// A string field that must be there.
  static String text(JsonObject json, String name) {
    return json.string(name)
        .orElseThrow(() -> new IllegalArgumentException("field '" + name + "' is missing"));
  }
}
