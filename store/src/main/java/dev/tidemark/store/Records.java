package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import java.util.List;
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
                RecordFields.databaseId(json),
                RecordFields.time(json, "created"),
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
    byte[] bytes =
        new JsonObject()
            .put("format", FORMAT)
            .put("database_id", wanted.databaseId().toString())
            .put("created", wanted.created())
            .put("tool", wanted.tool())
            .bytes();
    return create(store, DatabaseRecord.KEY, bytes, wanted, () -> database(store));
  }

  /// The last boundary, looked for from a known one onward (number 0 at first); empty when there is
  /// nothing newer, which costs one GET.
  public static Optional<BoundaryRecord> boundaryAfter(
      ObjectStore store, int knownNumber, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return boundaryAfter(store, knownNumber, databaseId, 1);
  }

  /// The same, with at most so many requests at once.
  static Optional<BoundaryRecord> boundaryAfter(
      ObjectStore store, int knownNumber, Id128 databaseId, int requests)
      throws StoreException, DamagedLogException, InterruptedException {
    return new BoundarySearch(store, databaseId, requests).after(knownNumber);
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

  /// Stores the pin unless there is one of its name, settles an unclear answer by reading back, and
  /// answers what stands.
  public static PinRecord createPin(ObjectStore store, PinRecord wanted)
      throws StoreException, DamagedLogException, InterruptedException {
    byte[] bytes = wanted.bytes();
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "the note of a pin is too long: a record has at most " + BYTES_MAX + " bytes");
    }
    String key = wanted.name().pinKey();
    return create(store, key, bytes, wanted, () -> pin(store, wanted.name(), wanted.databaseId()));
  }

  public static Optional<PinRecord> pin(ObjectStore store, RecordName name, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return NamedRecords.PINS.read(store, name, databaseId);
  }

  /// All pins, by name. One that cannot be understood is damage: it asks to keep something, and
  /// nobody knows what.
  public static List<PinRecord> pins(ObjectStore store, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return NamedRecords.PINS.all(store, databaseId);
  }

  /// All pins, by name, and those that cannot be understood apart: for whoever lists them. What
  /// decides what to keep needs all of them, see [#pins].
  public static PinRecords allPins(ObjectStore store, Id128 databaseId)
      throws StoreException, InterruptedException {
    NamedRecords.Found<PinRecord> found = NamedRecords.PINS.each(store, databaseId);
    return new PinRecords(
        found.readable(),
        found.unreadable().entrySet().stream()
            .map(it -> new PinRecords.Unreadable(it.getKey(), it.getValue().reason()))
            .toList());
  }

  /// Missing is fine.
  public static void deletePin(ObjectStore store, RecordName name)
      throws StoreException, InterruptedException {
    store.delete(name.pinKey());
  }

  public static Optional<ReplicaRecord> replica(ObjectStore store, RecordName id, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return NamedRecords.REPLICAS.read(store, id, databaseId);
  }

  /// All replicas, by id, those too that are past their time. As with [#pins], one that cannot be
  /// understood is damage.
  public static List<ReplicaRecord> replicas(ObjectStore store, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    return NamedRecords.REPLICAS.all(store, databaseId);
  }

  /// Reads what stands under a key.
  private interface Standing<T> {
    Optional<T> read() throws StoreException, DamagedLogException, InterruptedException;
  }

  private static <T> T create(
      ObjectStore store, String key, byte[] bytes, T wanted, Standing<T> standing)
      throws StoreException, DamagedLogException, InterruptedException {
    for (int attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
      if (store.putIfAbsent(key, Body.of(bytes)) == PutOutcome.STORED) {
        return wanted;
      }
      Optional<T> found = standing.read();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new StoreException(
        StoreException.Kind.UNAVAILABLE,
        key + ": not stored and not found after " + PUT_ATTEMPTS + " attempts");
  }

  /// Reads any record: the bytes as JSON, its format checked, then `form`, whose
  /// [IllegalArgumentException] means damage.
  public static <T> Optional<T> read(ObjectStore store, String key, Function<JsonObject, T> form)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Slice> slice = store.get(key, new ByteRange.Last(BYTES_MAX));
    if (slice.isEmpty()) {
      return Optional.empty();
    }
    if (slice.get().objectSize() > BYTES_MAX) {
      throw RecordDamage.of(
          key, "is no record of Tidemark's: it has " + slice.get().objectSize() + " bytes");
    }
    try {
      JsonObject json = JsonObject.parse(slice.get().bytes());
      long format =
          json.number("format")
              .orElseThrow(() -> new IllegalArgumentException("field 'format' is missing"));
      if (format > FORMAT) {
        throw RecordDamage.newer(key, format);
      }
      return Optional.of(form.apply(json));
    } catch (IllegalArgumentException e) {
      throw RecordDamage.unreadable(key, e);
    }
  }

  /// A certain boundary record.
  public static Optional<BoundaryRecord> boundary(ObjectStore store, int number, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException {
    String key = BoundaryRecord.key(number);
    Optional<BoundaryRecord> record =
        read(
            store,
            key,
            json ->
                new BoundaryRecord(
                    number,
                    RecordFields.databaseId(json),
                    RecordFields.position(json),
                    RecordFields.time(json, "created")));
    if (record.isPresent()) {
      checkDatabase(key, record.get().databaseId(), databaseId);
    }
    return record;
  }

  static void checkDatabase(String key, Id128 found, Id128 expected) throws DamagedLogException {
    if (!found.equals(expected)) {
      throw RecordDamage.of(
          key, "belongs to database " + found + ", " + DatabaseRecord.KEY + " names " + expected);
    }
  }
}
