package dev.tidemark.shipper;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// A bucket as a network and a provider make it: requests get lost, answers get lost after the
/// effect, effects come late or twice, listings are old, downloads break off or bring wrong bytes.
///
/// [#connect] gives each process its own connection. A request of a simulated thread lets others
/// run before and after its effect; one of a thread that such a thread waits for (a reader's
/// parallel downloads) does not, and is never disturbed, since its order is not ours.
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

  private PutOutcome putIfAbsent(SimThreads.SimProcess by, String key, byte[] bytes) {
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

  private void put(SimThreads.SimProcess by, String key, byte[] bytes) {
    objects.objects().put(key, bytes);
    writers.put(key, by);
    changed(by, "stores", key);
  }

  private void changed(SimThreads.SimProcess by, String how, String key) {
    changes++;
    tell.accept("%s %s %s".formatted(by, how, key));
  }

  private boolean happens(double likelihood) {
    boolean happens = likelihood > 0 && random.nextDouble() < likelihood;
    troubles += happens ? 1 : 0;
    return happens;
  }

  private SimWeather.Fate fate() {
    SimWeather.Fate fate = threads.isOurs() ? weather.draw(random) : weather.ofHelpers();
    troubles += fate == SimWeather.Fate.REACHES ? 0 : 1;
    return fate;
  }

  ObjectStore connect(SimThreads.SimProcess process) {
    return new Connection(process);
  }

  private final class Connection implements ObjectStore {
    private final SimThreads.SimProcess process;

    Connection(SimThreads.SimProcess process) {
      this.process = process;
    }

    private void travel(Op op, String key, boolean answered) {
      process.checkAlive();
      if (threads.isOurs()) {
        Request request = new Request(process, op, key, answered);
        threads.pauseWhile(() -> held.stream().anyMatch(which -> which.test(request)));
      }
    }

    private void check(SimWeather.Fate fate, String doing) throws StoreException {
      switch (fate) {
        case UNAVAILABLE, LOST_REQUEST, LOST_ANSWER, LATE ->
            throw new StoreException(Kind.UNAVAILABLE, doing + ": " + fate + " (simulated)");
        case DENIED ->
            throw new StoreException(Kind.REFUSED, doing + ": access denied (simulated)");
        case REACHES, TWICE, RETRIED -> {}
      }
    }

    @Override
    public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
      byte[] bytes = bytes(key, body);
      travel(Op.PUT, key, false);
      SimWeather.Fate fate = fate();
      PutOutcome outcome =
          switch (fate) {
            case REACHES -> SimStore.this.putIfAbsent(process, key, bytes);
            case TWICE -> {
              pending.add(new Pending(process, key, Body.of(bytes)));
              yield SimStore.this.putIfAbsent(process, key, bytes);
            }
            case RETRIED -> {
              SimStore.this.putIfAbsent(process, key, bytes);
              yield SimStore.this.putIfAbsent(process, key, bytes);
            }
            case LOST_ANSWER -> {
              SimStore.this.putIfAbsent(process, key, bytes);
              yield PutOutcome.UNCLEAR;
            }
            case LATE -> {
              pending.add(new Pending(process, key, Body.of(bytes)));
              yield PutOutcome.UNCLEAR;
            }
            case LOST_REQUEST, UNAVAILABLE, DENIED -> PutOutcome.UNCLEAR;
          };
      travel(Op.PUT, key, true);
      if (fate == SimWeather.Fate.UNAVAILABLE || fate == SimWeather.Fate.DENIED) {
        check(fate, "storing " + key);
      }
      return outcome;
    }

    @Override
    public void put(String key, Body body) throws StoreException {
      byte[] bytes = bytes(key, body);
      travel(Op.PUT, key, false);
      SimWeather.Fate fate = fate();
      if (fate != SimWeather.Fate.UNAVAILABLE
          && fate != SimWeather.Fate.LOST_REQUEST
          && fate != SimWeather.Fate.DENIED) {
        SimStore.this.put(process, key, bytes);
      }
      travel(Op.PUT, key, true);
      check(fate, "storing " + key);
    }

    private static byte[] bytes(String key, Body body) throws StoreException {
      try (InputStream in = body.open()) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new StoreException(Kind.UNAVAILABLE, key + ": " + e.getMessage(), e);
      }
    }

    @Override
    public Optional<StoredObject> get(String key) throws StoreException {
      return read(key)
          .map(bytes -> new StoredObject(bytes.length, new ByteArrayInputStream(bytes)));
    }

    @Override
    public Optional<Slice> get(String key, ByteRange range) throws StoreException {
      Optional<byte[]> whole = read(key);
      if (whole.isEmpty()) {
        return Optional.empty();
      }
      byte[] bytes = whole.get();
      int from = (int) range.from(bytes.length);
      int to = from + range.count(bytes.length);
      return Optional.of(new Slice(Arrays.copyOfRange(bytes, from, to), bytes.length));
    }

    private Optional<byte[]> read(String key) throws StoreException {
      travel(Op.GET, key, false);
      SimWeather.Fate fate = fate();
      Optional<byte[]> found = Optional.ofNullable(objects.objects().get(key));
      travel(Op.GET, key, true);
      check(fate, "reading " + key);
      if (found.isPresent() && threads.isOurs() && happens(weather.brokenGet())) {
        throw new StoreException(Kind.UNAVAILABLE, "reading " + key + ": cut short (simulated)");
      }
      if (spoilt.contains(key)) {
        troubles++;
        return found.map(bytes -> wrong(key, bytes));
      }
      return found;
    }

    private static byte[] wrong(String key, byte[] bytes) {
      byte[] wrong = bytes.clone();
      wrong[Math.floorMod(key.hashCode(), wrong.length)] ^= 4;
      return wrong;
    }

    @Override
    public OptionalLong head(String key) throws StoreException {
      return read(key).map(bytes -> OptionalLong.of(bytes.length)).orElse(OptionalLong.empty());
    }

    @Override
    public ListPage list(String prefix, String after) throws StoreException {
      travel(Op.LIST, prefix, false);
      check(fate(), "listing " + prefix);
      ListPage page = objects.list(prefix, after);
      travel(Op.LIST, prefix, true);
      if (!threads.isOurs() || !happens(weather.staleList())) {
        return page;
      }
      List<Listed> old =
          page.objects().stream().filter(object -> !recent.contains(object.key())).toList();
      return old.isEmpty() && page.more() ? page : new ListPage(old, page.more());
    }

    @Override
    public void delete(String key) throws StoreException {
      travel(Op.DELETE, key, false);
      SimWeather.Fate fate = fate();
      if (fate != SimWeather.Fate.UNAVAILABLE
          && fate != SimWeather.Fate.LOST_REQUEST
          && fate != SimWeather.Fate.DENIED) {
        objects.delete(key);
        changed(process, "deletes", key);
      }
      travel(Op.DELETE, key, true);
      check(fate, "deleting " + key);
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
