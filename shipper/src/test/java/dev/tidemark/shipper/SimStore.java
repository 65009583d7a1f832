package dev.tidemark.shipper;

import dev.tidemark.store.Body;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.testing.MemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// A bucket as a network and a provider make it: requests get lost, answers get lost after the
/// effect, effects come late or twice, listings are old, downloads break off or bring wrong bytes.
/// Each process has its own [SimConnection].
final class SimStore {
  /// A request to the bucket, for those who watch it or hold it up.
  ///
  /// @param answered whether its effect is there, and the answer on its way
  record Request(SimThreads.SimProcess by, Op op, String key, boolean answered) {}

  enum Op {
    PUT,
    GET,
    LIST,
    DELETE
  }

  /// A write that is still on its way.
  private record Pending(SimThreads.SimProcess by, String key, Body body) {}

  private record Doom(Predicate<Request> which, SimWeather.Fate fate) {}

  private final MemoryStore objects = new MemoryStore();
  private final SimThreads threads;
  private final Consumer<String> tell;
  private final RandomGenerator random;
  private final boolean honoursConditions;
  private final List<Pending> pending = new ArrayList<>();
  private final List<String> recent = new ArrayList<>();
  private final Set<String> spoilt = new HashSet<>();
  private final Map<String, SimThreads.SimProcess> writers = new HashMap<>();
  private final List<Predicate<Request>> held = new ArrayList<>();
  private final List<Doom> dooms = new ArrayList<>();
  private SimWeather weather = SimWeather.FAIR;
  private long troubles;
  private long changes;

  /// `tell` hears of each object that comes or goes.
  SimStore(
      SimThreads threads,
      RandomGenerator random,
      boolean honoursConditions,
      Consumer<String> tell) {
    this.threads = threads;
    this.tell = tell;
    this.random = random;
    this.honoursConditions = honoursConditions;
  }

  /// From now on.
  void weather(SimWeather now) {
    weather = now;
  }

  /// What is really there.
  MemoryStore objects() {
    return objects;
  }

  boolean honoursConditions() {
    return honoursConditions;
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  /// Lets one of the writes that are on their way arrive.
  void arrive() {
    Pending late = pending.remove(random.nextInt(pending.size()));
    try (InputStream in = late.body().open()) {
      putIfAbsent(late.by(), late.key(), in.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// From now on, whoever reads this object gets one byte wrong.
  void spoil(String key) {
    spoilt.add(key);
  }

  void heal() {
    spoilt.clear();
  }

  /// Holds up the requests that match, until [#release].
  void hold(Predicate<Request> which) {
    held.add(which);
  }

  void release() {
    held.clear();
  }

  /// The next request that matches has this fate.
  void doom(Predicate<Request> which, SimWeather.Fate fate) {
    dooms.add(new Doom(which, fate));
  }

  /// How often something went wrong for somebody.
  long troubles() {
    return troubles;
  }

  /// How often an object came or went.
  long changes() {
    return changes;
  }

  /// Who stored the object that is there now.
  SimThreads.SimProcess writer(String key) {
    return Objects.requireNonNull(writers.get(key), key);
  }

  PutOutcome putIfAbsent(SimThreads.SimProcess by, String key, byte[] bytes) {
    recent.add(key);
    if (recent.size() > 3) {
      recent.removeFirst();
    }
    if (honoursConditions && objects.objects().containsKey(key)) {
      return PutOutcome.PRESENT;
    }
    put(by, key, bytes);
    return PutOutcome.STORED;
  }

  void put(SimThreads.SimProcess by, String key, byte[] bytes) {
    objects.objects().put(key, bytes);
    writers.put(key, by);
    changed(by, "stores", key);
  }

  private void changed(SimThreads.SimProcess by, String how, String key) {
    changes++;
    tell.accept("%s %s %s".formatted(by, how, key));
  }

  boolean happens(double likelihood) {
    boolean happens = likelihood > 0 && random.nextDouble() < likelihood;
    troubles += happens ? 1 : 0;
    return happens;
  }

  SimWeather.Fate fate(Request request) {
    SimWeather.Fate fate = threads.isOurs() ? weather.draw(random) : weather.ofHelpers();
    Optional<Doom> doom = dooms.stream().filter(it -> it.which().test(request)).findFirst();
    if (doom.isPresent()) {
      dooms.remove(doom.get());
      fate = doom.get().fate();
    }
    troubles += fate == SimWeather.Fate.REACHES ? 0 : 1;
    return fate;
  }

  void delete(SimThreads.SimProcess by, String key) {
    objects.delete(key);
    changed(by, "deletes", key);
  }

  /// What is read of an object, right or wrong.
  Optional<byte[]> read(String key) {
    Optional<byte[]> found = Optional.ofNullable(objects.objects().get(key));
    if (found.isEmpty() || !spoilt.contains(key)) {
      return found;
    }
    troubles++;
    byte[] wrong = found.get().clone();
    wrong[Math.floorMod(key.hashCode(), wrong.length)] ^= 4;
    return Optional.of(wrong);
  }

  /// A page without what came last.
  ListPage old(ListPage page) {
    List<Listed> old =
        page.objects().stream().filter(object -> !recent.contains(object.key())).toList();
    return old.isEmpty() && page.more() ? page : new ListPage(old, page.more());
  }

  boolean isHeld(Request request) {
    return held.stream().anyMatch(which -> which.test(request));
  }

  void late(SimThreads.SimProcess by, String key, byte[] bytes) {
    pending.add(new Pending(by, key, Body.of(bytes)));
  }

  SimWeather weather() {
    return weather;
  }

  ObjectStore connect(SimThreads.SimProcess process) {
    return new SimConnection(this, threads, process);
  }
}
