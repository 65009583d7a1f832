package dev.tidemark.shipper;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.UnfinishedUpload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The connection of a simulated process to the [SimStore].
///
/// A request of a simulated thread lets others run before and after its effect; one of a thread
/// that such a thread waits for (a reader's parallel downloads) does not, and has no bad luck,
/// since its order is not ours; unless the process makes one request at a time ([SimPace]).
final class SimConnection implements ObjectStore {
  private static final String UPLOADS = "uploads";

  private final SimStore store;
  private final SimThreads threads;
  private final SimThreads.SimProcess process;
  private final SimPace pace;

  SimConnection(SimStore store, SimThreads threads, SimThreads.SimProcess process, SimPace pace) {
    this.store = store;
    this.threads = threads;
    this.process = process;
    this.pace = pace;
  }

  private boolean isOrdered() {
    return pace.ordered() || threads.isOurs();
  }

  /// A request is on its way to the bucket, and gets its fate.
  private SimWeather.Fate travel(SimStore.Op op, String key) {
    process.checkAlive();
    SimStore.Request request = new SimStore.Request(process, op, key, false);
    pause(request);
    return store.fate(request, isOrdered());
  }

  /// The answer is on its way back.
  private void travelBack(SimStore.Op op, String key) {
    process.checkAlive();
    pause(new SimStore.Request(process, op, key, true));
  }

  private void pause(SimStore.Request request) {
    boolean rests = pace.rests().test(request);
    process.checkAlive();
    if (isOrdered() && (rests || store.isHeld(request))) {
      threads.pauseWhile(() -> store.isHeld(request));
    }
  }

  private void check(SimWeather.Fate fate, String doing) throws StoreException {
    switch (fate) {
      case UNAVAILABLE, LOST_REQUEST, LOST_ANSWER, LATE ->
          throw new StoreException(Kind.UNAVAILABLE, doing + ": " + fate + " (simulated)");
      case DENIED -> throw new StoreException(Kind.REFUSED, doing + ": access denied (simulated)");
      case REACHES, TWICE, RETRIED -> {}
    }
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException {
    byte[] bytes = bytes(key, body);
    SimWeather.Fate fate = travel(SimStore.Op.PUT, key);
    PutOutcome outcome =
        switch (fate) {
          case REACHES -> store.putIfAbsent(process, key, bytes);
          case TWICE -> {
            store.late(process, key, bytes);
            yield store.putIfAbsent(process, key, bytes);
          }
          case RETRIED -> {
            store.putIfAbsent(process, key, bytes);
            yield store.putIfAbsent(process, key, bytes);
          }
          case LOST_ANSWER -> {
            store.putIfAbsent(process, key, bytes);
            yield PutOutcome.UNCLEAR;
          }
          case LATE -> {
            store.late(process, key, bytes);
            yield PutOutcome.UNCLEAR;
          }
          case LOST_REQUEST -> {
            store.leave(key);
            yield PutOutcome.UNCLEAR;
          }
          case UNAVAILABLE, DENIED -> PutOutcome.UNCLEAR;
        };
    travelBack(SimStore.Op.PUT, key);
    if (fate == SimWeather.Fate.UNAVAILABLE || fate == SimWeather.Fate.DENIED) {
      check(fate, "storing " + key);
    }
    return outcome;
  }

  @Override
  public void put(String key, Body body) throws StoreException {
    byte[] bytes = bytes(key, body);
    SimWeather.Fate fate = travel(SimStore.Op.PUT, key);
    if (arrives(fate)) {
      store.put(process, key, bytes);
    }
    travelBack(SimStore.Op.PUT, key);
    check(fate, "storing " + key);
  }

  private static boolean arrives(SimWeather.Fate fate) {
    return fate != SimWeather.Fate.UNAVAILABLE
        && fate != SimWeather.Fate.LOST_REQUEST
        && fate != SimWeather.Fate.DENIED;
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
    return read(key).map(bytes -> new StoredObject(bytes.length, new ByteArrayInputStream(bytes)));
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
    SimWeather.Fate fate = travel(SimStore.Op.GET, key);
    Optional<byte[]> found = store.read(key);
    travelBack(SimStore.Op.GET, key);
    check(fate, "reading " + key);
    if (found.isPresent() && isOrdered() && store.happens(store.weather().brokenGet())) {
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
    check(travel(SimStore.Op.LIST, prefix), "listing " + prefix);
    ListPage page = store.objects().list(prefix, after);
    travelBack(SimStore.Op.LIST, prefix);
    if (!isOrdered() || !store.happens(store.weather().staleList())) {
      return page;
    }
    return store.old(page);
  }

  @Override
  public void delete(String key) throws StoreException {
    SimWeather.Fate fate = travel(SimStore.Op.DELETE, key);
    if (arrives(fate)) {
      store.delete(process, key);
    }
    travelBack(SimStore.Op.DELETE, key);
    check(fate, "deleting " + key);
  }

  /// As one request after the other: a server removes them in no fixed order, with others' requests
  /// in between, and may fail after some.
  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys) throws StoreException {
    List<DeleteRefusal> refused = new ArrayList<>();
    for (String key : keys) {
      try {
        delete(key);
      } catch (StoreException e) {
        if (e.kind() != Kind.REFUSED) {
          throw e;
        }
        refused.add(new DeleteRefusal(key, String.valueOf(e.getMessage())));
      }
    }
    return refused;
  }

  @Override
  public StoreInsight insight() {
    return new StoreInsight() {
      @Override
      public List<UnfinishedUpload> unfinishedUploads(String prefix) throws StoreException {
        check(travel(SimStore.Op.LIST, UPLOADS), "listing uploads");
        List<UnfinishedUpload> uploads =
            store.uploads().stream().filter(it -> it.key().startsWith(prefix)).toList();
        travelBack(SimStore.Op.LIST, UPLOADS);
        return uploads;
      }

      @Override
      public void abort(UnfinishedUpload upload) throws StoreException {
        SimWeather.Fate fate = travel(SimStore.Op.DELETE, UPLOADS);
        if (arrives(fate)) {
          store.abort(upload);
        }
        travelBack(SimStore.Op.DELETE, UPLOADS);
        check(fate, "dropping an upload");
      }
    };
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
