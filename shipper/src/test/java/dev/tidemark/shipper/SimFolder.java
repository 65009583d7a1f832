package dev.tidemark.shipper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The names of a simulated disk: those that the running system sees, those that are durable, and
/// what was done in between, of which a power loss leaves the first so many.
final class SimFolder {
  private NavigableMap<String, SimFile> seen = new TreeMap<>();
  private NavigableMap<String, SimFile> durable = new TreeMap<>();
  private final List<NameChange> pending = new ArrayList<>();

  private interface NameChange {
    void applyTo(Map<String, SimFile> names);
  }

  Optional<SimFile> find(String name) {
    return Optional.ofNullable(seen.get(name));
  }

  List<String> names() {
    return List.copyOf(seen.keySet());
  }

  SimFile create(String name) {
    SimFile file = new SimFile();
    apply(names -> names.put(name, file));
    return file;
  }

  void remove(String name) {
    apply(names -> names.remove(name));
  }

  void rename(String from, String to) {
    apply(names -> names.put(to, Objects.requireNonNull(names.remove(from), from)));
  }

  private void apply(NameChange change) {
    change.applyTo(seen);
    pending.add(change);
  }

  void sync() {
    durable = new TreeMap<>(seen);
    pending.clear();
  }

  /// The same names with the same bytes, all of them durable.
  SimFolder copy() {
    SimFolder copy = new SimFolder();
    seen.forEach((name, file) -> copy.seen.put(name, file.copy()));
    copy.sync();
    return copy;
  }

  void unmapAll() {
    seen.values().forEach(SimFile::unmap);
  }

  void losePower(RandomGenerator random) {
    int survivors = random.nextInt(pending.size() + 1);
    pending.subList(0, survivors).forEach(change -> change.applyTo(durable));
    pending.clear();
    seen = new TreeMap<>(durable);
    seen.values().forEach(file -> file.losePower(random));
  }
}
