package dev.tidemark.shipper;

import dev.tidemark.store.Body;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.UnfinishedUpload;
import dev.tidemark.store.testing.MemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private record Pending(
      SimThreads.SimProcess by, String key, Body body, UnfinishedUpload upload) {}

  private record Doom(Predicate<Request> which, SimWeather.Fate fate) {}

  private final MemoryStore objects;
  private final SimThreads threads;
  private final Consumer<String> tell;
  private final RandomGenerator random;
  private final boolean honoursConditions;
  private final List<Pending> pending = new ArrayList<>();
  private final List<UnfinishedUpload> uploads = new ArrayList<>();
  private final List<String> recent = new ArrayList<>();
  private final Set<String> spoilt = new HashSet<>();
  private final Set<String> broken = new HashSet<>();
  private final Map<String, SimThreads.SimProcess> writers = new HashMap<>();
  private final List<Predicate<Request>> held = new ArrayList<>();
  private final List<Doom> dooms = new ArrayList<>();
  private SimWeather weather = SimWeather.FAIR;
  private double brokenUploads;
  private long uploadsBegun;
  private long troubles;
  private long changes;

  /// `tell` hears of each object that comes or goes.
  SimStore(
      SimThreads threads,
      RandomGenerator random,
      boolean honoursConditions,
      Consumer<String> tell) {
    this.threads = threads;
    this.objects = new MemoryStore(this::now);
    this.tell = tell;
    this.random = random;
    this.honoursConditions = honoursConditions;
  }

  /// From now on.
  void weather(SimWeather now) {
    weather = now;
  }

  /// The time by its own clock.
  Instant now() {
    return SimMachine.START.plusNanos(threads.nanosOutside());
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
    uploads.remove(late.upload());
    try (InputStream in = late.body().open()) {
      putIfAbsent(late.by(), late.key(), in.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// From now on, so many of the covers that are stored are damaged: whoever reads them gets one
  /// byte wrong, and they lead nowhere. To be stored anew mends one.
  void breakUploads(double likelihood) {
    brokenUploads = likelihood;
  }

  /// What was damaged is sound now, and no more of it comes.
  void mend() {
    brokenUploads = 0;
    broken.clear();
    changes++;
  }

  /// What is there and sound.
  SortedMap<String, byte[]> sound() {
    if (broken.isEmpty()) {
      return objects.objects();
    }
    NavigableMap<String, byte[]> sound = new TreeMap<>();
    sound.putAll(objects.objects());
    broken.forEach(sound::remove);
    return sound;
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
    objects.put(key, bytes);
    writers.put(key, by);
    boolean breaks = isCover(key) && happens(brokenUploads);
    if (breaks) {
      broken.add(key);
      if (random.nextBoolean()) {
        // Whoever is killed in the middle of it does not mend it.
        by.kill();
      }
    } else {
      broken.remove(key);
    }
    changed(by, breaks ? "stores, damaged," : "stores", key);
  }

  private static boolean isCover(String key) {
    return key.startsWith(ObjectKey.MERGED) || key.startsWith(ObjectKey.SNAPSHOTS);
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

  /// `ordered`: whether its place among others follows from the seed.
  SimWeather.Fate fate(Request request, boolean ordered) {
    SimWeather.Fate fate = ordered ? weather.draw(random) : weather.ofHelpers();
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
    broken.remove(key);
    changed(by, "deletes", key);
  }

  /// What is read of an object, right or wrong.
  Optional<byte[]> read(String key) {
    Optional<byte[]> found = Optional.ofNullable(objects.objects().get(key));
    if (found.isEmpty() || !(spoilt.contains(key) || broken.contains(key))) {
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
    pending.add(new Pending(by, key, Body.of(bytes), leave(key)));
  }

  /// An upload in parts is begun, and left as it is.
  UnfinishedUpload leave(String key) {
    UnfinishedUpload upload = new UnfinishedUpload(key, "upload-" + ++uploadsBegun, now());
    uploads.add(upload);
    return upload;
  }

  /// The uploads in parts that were begun and not ended.
  List<UnfinishedUpload> uploads() {
    return List.copyOf(uploads);
  }

  /// What is still on its way of it never arrives.
  void abort(UnfinishedUpload upload) {
    uploads.remove(upload);
    pending.removeIf(late -> late.upload().equals(upload));
  }

  SimWeather weather() {
    return weather;
  }

  ObjectStore connect(SimThreads.SimProcess process) {
    return connect(process, SimPace.EACH);
  }

  ObjectStore connect(SimThreads.SimProcess process, SimPace pace) {
    return new SimConnection(this, threads, process, pace);
  }
}
