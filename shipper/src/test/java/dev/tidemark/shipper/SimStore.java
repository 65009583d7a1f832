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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// A bucket as a network and a provider make it: requests get lost, answers get lost after the
/// effect, effects come late or twice, listings are old, downloads break off or bring wrong bytes.
///
/// [#connect] gives each process its own connection. A request of a simulated thread lets others
/// run before and after its effect; one of a thread that such a thread waits for (a reader's
/// parallel downloads) does not, and is never disturbed, since its order is not ours.
final class SimStore {
  /// What can go wrong, and how likely, from 0 to 1.
  record Weather(
      double lostRequest,
      double lostAnswer,
      double late,
      double twice,
      double unavailable,
      double denied,
      double staleList,
      double brokenGet) {
    static final Weather FAIR = new Weather(0, 0, 0, 0, 0, 0, 0, 0);

    static Weather rough(double likelihood) {
      return new Weather(
          likelihood, likelihood, likelihood, likelihood, likelihood, 0, likelihood, likelihood);
    }
  }

  private enum Fate {
    REACHES,
    LOST_REQUEST,
    LOST_ANSWER,
    LATE,
    TWICE,
    UNAVAILABLE,
    DENIED
  }

  /// A write that is still on its way.
  private record Pending(String key, Body body) {}

  private final MemoryStore objects = new MemoryStore();
  private final SimThreads threads;
  private final RandomGenerator random;
  private final boolean honoursConditions;
  private final List<Pending> pending = new ArrayList<>();
  private final List<String> recent = new ArrayList<>();
  private Weather weather = Weather.FAIR;

  SimStore(SimThreads threads, RandomGenerator random, boolean honoursConditions) {
    this.threads = threads;
    this.random = random;
    this.honoursConditions = honoursConditions;
  }

  /// From now on.
  void weather(Weather now) {
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
    try {
      putIfAbsent(late.key(), late.body().open().readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private PutOutcome putIfAbsent(String key, byte[] bytes) {
    recent.add(key);
    if (recent.size() > 3) {
      recent.removeFirst();
    }
    if (!honoursConditions) {
      objects.objects().put(key, bytes);
      return PutOutcome.STORED;
    }
    return objects.objects().putIfAbsent(key, bytes) == null
        ? PutOutcome.STORED
        : PutOutcome.PRESENT;
  }

  private boolean happens(double likelihood) {
    return likelihood > 0 && random.nextDouble() < likelihood;
  }

  private Fate fate() {
    if (!threads.isOurs()) {
      return Fate.REACHES;
    }
    if (happens(weather.denied)) {
      return Fate.DENIED;
    }
    if (happens(weather.unavailable)) {
      return Fate.UNAVAILABLE;
    }
    if (happens(weather.lostRequest)) {
      return Fate.LOST_REQUEST;
    }
    if (happens(weather.late)) {
      return Fate.LATE;
    }
    if (happens(weather.twice)) {
      return Fate.TWICE;
    }
    return happens(weather.lostAnswer) ? Fate.LOST_ANSWER : Fate.REACHES;
  }

  ObjectStore connect(SimThreads.SimProcess process) {
    return new Connection(process);
  }

  private final class Connection implements ObjectStore {
    private final SimThreads.SimProcess process;

    Connection(SimThreads.SimProcess process) {
      this.process = process;
    }

    private void travel() {
      process.checkAlive();
      if (threads.isOurs()) {
        threads.pause();
      }
    }

    private void check(Fate fate, String doing) throws StoreException {
      switch (fate) {
        case UNAVAILABLE, LOST_REQUEST, LOST_ANSWER, LATE ->
            throw new StoreException(Kind.UNAVAILABLE, doing + ": " + fate + " (simulated)");
        case DENIED ->
            throw new StoreException(Kind.REFUSED, doing + ": access denied (simulated)");
        case REACHES, TWICE -> {}
      }
    }

    @Override
    public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
      byte[] bytes = bytes(key, body);
      travel();
      PutOutcome outcome =
          switch (fate()) {
            case REACHES -> SimStore.this.putIfAbsent(key, bytes);
            case TWICE -> {
              pending.add(new Pending(key, Body.of(bytes)));
              yield SimStore.this.putIfAbsent(key, bytes);
            }
            case LOST_ANSWER -> {
              SimStore.this.putIfAbsent(key, bytes);
              yield PutOutcome.UNCLEAR;
            }
            case LATE -> {
              pending.add(new Pending(key, Body.of(bytes)));
              yield PutOutcome.UNCLEAR;
            }
            case LOST_REQUEST -> PutOutcome.UNCLEAR;
            case UNAVAILABLE ->
                throw new StoreException(
                    Kind.UNAVAILABLE, "storing " + key + ": slow down (simulated)");
            case DENIED ->
                throw new StoreException(
                    Kind.REFUSED, "storing " + key + ": access denied (simulated)");
          };
      travel();
      return outcome;
    }

    @Override
    public void put(String key, Body body) throws StoreException {
      byte[] bytes = bytes(key, body);
      travel();
      Fate fate = fate();
      if (fate != Fate.UNAVAILABLE && fate != Fate.LOST_REQUEST && fate != Fate.DENIED) {
        objects.objects().put(key, bytes);
      }
      travel();
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
      travel();
      Fate fate = fate();
      check(fate, "reading " + key);
      Optional<byte[]> found = Optional.ofNullable(objects.objects().get(key));
      travel();
      if (found.isPresent() && threads.isOurs() && happens(weather.brokenGet)) {
        throw new StoreException(Kind.UNAVAILABLE, "reading " + key + ": cut short (simulated)");
      }
      return found;
    }

    @Override
    public OptionalLong head(String key) throws StoreException {
      return read(key).map(bytes -> OptionalLong.of(bytes.length)).orElse(OptionalLong.empty());
    }

    @Override
    public ListPage list(String prefix, String after) throws StoreException {
      travel();
      check(fate(), "listing " + prefix);
      ListPage page = objects.list(prefix, after);
      travel();
      if (!threads.isOurs() || !happens(weather.staleList)) {
        return page;
      }
      List<Listed> old =
          page.objects().stream().filter(object -> !recent.contains(object.key())).toList();
      return old.isEmpty() && page.more() ? page : new ListPage(old, page.more());
    }

    @Override
    public void delete(String key) throws StoreException {
      travel();
      Fate fate = fate();
      if (fate != Fate.UNAVAILABLE && fate != Fate.LOST_REQUEST && fate != Fate.DENIED) {
        objects.delete(key);
      }
      travel();
      check(fate, "deleting " + key);
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
