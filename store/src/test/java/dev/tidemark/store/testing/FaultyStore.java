package dev.tidemark.store.testing;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreException.Kind;
import dev.tidemark.store.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// A store whose network fails: requests get lost, answers get lost after the effect, the server is
/// unavailable, listings lack what was stored lately, downloads break off. What happens follows
/// from the generator alone; print its seed when a test fails.
public final class FaultyStore implements ObjectStore {
  private static final int RECENT = 4;

  /// How likely each fault is, from 0 to 1, for each call that it can hit.
  public record Faults(
      double lostRequest,
      double lostAnswer,
      double unavailable,
      double staleList,
      double truncatedGet) {
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0);

    /// The same likelihood for all.
    public static Faults all(double likelihood) {
      return new Faults(likelihood, likelihood, likelihood, likelihood, likelihood);
    }
  }

  private enum Fate {
    REACHES,
    LOST_REQUEST,
    LOST_ANSWER,
    UNAVAILABLE
  }

  private final ObjectStore store;
  private final RandomGenerator random;
  private final ArrayDeque<String> recent = new ArrayDeque<>();
  private volatile Faults faults;

  public FaultyStore(ObjectStore store, RandomGenerator random, Faults faults) {
    this.store = store;
    this.random = random;
    this.faults = faults;
  }

  /// From now on.
  public void faults(Faults now) {
    this.faults = now;
  }

  private synchronized boolean happens(double likelihood) {
    return likelihood > 0 && random.nextDouble() < likelihood;
  }

  private Fate fate() {
    if (happens(faults.unavailable())) {
      return Fate.UNAVAILABLE;
    }
    if (happens(faults.lostRequest())) {
      return Fate.LOST_REQUEST;
    }
    return happens(faults.lostAnswer()) ? Fate.LOST_ANSWER : Fate.REACHES;
  }

  private static StoreException failure(String doing, Fate fate) {
    return new StoreException(Kind.UNAVAILABLE, "%s: %s (injected)".formatted(doing, fate));
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    Fate fate = fate();
    if (fate == Fate.UNAVAILABLE) {
      throw failure("storing " + key, fate);
    }
    if (fate == Fate.LOST_REQUEST) {
      return PutOutcome.UNCLEAR;
    }
    PutOutcome outcome = store.putIfAbsent(key, body);
    stored(key);
    return fate == Fate.LOST_ANSWER ? PutOutcome.UNCLEAR : outcome;
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    Fate fate = fate();
    if (fate == Fate.REACHES || fate == Fate.LOST_ANSWER) {
      store.put(key, body);
      stored(key);
    }
    check("storing " + key, fate);
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    Fate fate = fate();
    if (fate == Fate.REACHES || fate == Fate.LOST_ANSWER) {
      store.delete(key);
    }
    check("deleting " + key, fate);
  }

  /// A lost answer, or the server's failure in the middle of it.
  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    Fate fate = fate();
    List<DeleteRefusal> refused = List.of();
    if (fate == Fate.REACHES || fate == Fate.LOST_ANSWER) {
      refused = store.deleteAll(keys);
    } else if (fate == Fate.UNAVAILABLE) {
      store.deleteAll(keys.stream().limit(keys.size() / 2).toList());
    }
    check("deleting %d objects".formatted(keys.size()), fate);
    return refused;
  }

  private static void check(String doing, Fate fate) throws StoreException {
    if (fate != Fate.REACHES) {
      throw failure(doing, fate);
    }
  }

  private synchronized void stored(String key) {
    recent.add(key);
    if (recent.size() > RECENT) {
      recent.remove();
    }
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    check("reading " + key, fate());
    Optional<StoredObject> object = store.get(key);
    if (object.isEmpty() || !happens(faults.truncatedGet())) {
      return object;
    }
    long size = object.get().size();
    return Optional.of(
        new StoredObject(size, new BreakingOff(object.get().content(), random(size))));
  }

  private synchronized long random(long size) {
    return random.nextLong(Math.max(1, size));
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    check("reading " + key, fate());
    if (happens(faults.truncatedGet())) {
      throw new StoreException(Kind.UNAVAILABLE, "reading " + key + ": cut short (injected)");
    }
    return store.get(key, range);
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    check("looking for " + key, fate());
    return store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    check("listing " + prefix, fate());
    ListPage page = store.list(prefix, after);
    if (!happens(faults.staleList())) {
      return page;
    }
    List<Listed> older = page.objects().stream().filter(object -> !isRecent(object.key())).toList();
    // An empty page with more to come would not be a page.
    return older.isEmpty() && page.more() ? page : new ListPage(older, page.more());
  }

  private synchronized boolean isRecent(String key) {
    return recent.contains(key);
  }

  @Override
  public void close() {
    store.close();
  }

  private static final class BreakingOff extends FilterInputStream {
    private long left;

    BreakingOff(InputStream in, long good) {
      super(in);
      this.left = good;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (left == 0) {
        throw new IOException("connection lost (injected)");
      }
      int n = super.read(bytes, from, (int) Math.min(count, left));
      left -= Math.max(n, 0);
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      long n = super.skip(Math.min(count, left));
      left -= n;
      return n;
    }
  }
}
