package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The records of one folder, which have names of people's.
final class NamedRecords<T> {
  private final String folder;
  private final Function<RecordName, String> key;
  private final BiFunction<RecordName, JsonObject, T> form;
  private final Function<T, Id128> databaseId;

  static final NamedRecords<PinRecord> PINS =
      new NamedRecords<>(
          RecordName.PINS, RecordName::pinKey, PinRecord::parse, PinRecord::databaseId);

  static final NamedRecords<ReplicaRecord> REPLICAS =
      new NamedRecords<>(
          RecordName.REPLICAS,
          RecordName::replicaKey,
          ReplicaRecord::parse,
          ReplicaRecord::databaseId);

  private NamedRecords(
      String folder,
      Function<RecordName, String> key,
      BiFunction<RecordName, JsonObject, T> form,
      Function<T, Id128> databaseId) {
    this.folder = folder;
    this.key = key;
    this.form = form;
    this.databaseId = databaseId;
  }

  Optional<T> read(ObjectStore store, RecordName name, Id128 expected)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<T> record = Records.read(store, key.apply(name), json -> form.apply(name, json));
    if (record.isPresent()) {
      Records.checkDatabase(key.apply(name), databaseId.apply(record.get()), expected);
    }
    return record;
  }

  /// What was found under each name, in the order of the names.
  record Found<T>(List<T> readable, Map<RecordName, DamagedLogException> unreadable) {}

  /// Keys that are not ours are left out.
  Found<T> each(ObjectStore store, Id128 expected) throws StoreException, InterruptedException {
    List<T> readable = new ArrayList<>();
    Map<RecordName, DamagedLogException> unreadable = new LinkedHashMap<>();
    for (Listed listed : Listing.all(store, folder)) {
      Optional<RecordName> name = RecordName.of(folder, listed.key());
      if (name.isEmpty()) {
        continue;
      }
      try {
        // Deleted since it was listed: not one of all.
        read(store, name.get(), expected).ifPresent(readable::add);
      } catch (DamagedLogException e) {
        unreadable.put(name.get(), e);
      }
    }
    return new Found<>(readable, unreadable);
  }

  /// By name. A record that cannot be understood is damage, since nobody knows what it asks to
  /// keep.
  List<T> all(ObjectStore store, Id128 expected)
      throws StoreException, DamagedLogException, InterruptedException {
    Found<T> found = each(store, expected);
    Optional<DamagedLogException> first = found.unreadable().values().stream().findFirst();
    if (first.isPresent()) {
      throw first.get();
    }
    return found.readable();
  }
}
