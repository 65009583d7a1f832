package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import java.util.ArrayList;
import java.util.List;
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

  /// By name. Keys that are not ours are left out; a record that cannot be understood is damage,
  /// since nobody knows what it asks to keep.
  List<T> all(ObjectStore store, Id128 expected)
      throws StoreException, DamagedLogException, InterruptedException {
    List<T> all = new ArrayList<>();
    for (Listed listed : Listing.all(store, folder)) {
      Optional<RecordName> name = RecordName.of(folder, listed.key());
      if (name.isPresent()) {
        // Deleted since it was listed: not one of all.
        read(store, name.get(), expected).ifPresent(all::add);
      }
    }
    return all;
  }
}
