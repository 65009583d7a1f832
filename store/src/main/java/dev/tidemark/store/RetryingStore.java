package dev.tidemark.store;

import dev.tidemark.store.StoreException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only retry policy: repeats what was UNAVAILABLE, and never a put-if-absent, whose unclear
/// outcome only its caller can settle. A stream that breaks while it is read is its reader's to
/// open again.
public final class RetryingStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(RetryingStore.class);

  /// What fits into one request to S3.
  private static final int DELETES_AT_ONCE = 1_000;

  private final ObjectStore store;
  private final RetryPolicy policy;
  private final Pauses pauses;
  private final RandomGenerator random;

  public RetryingStore(
      ObjectStore store, RetryPolicy policy, Pauses pauses, RandomGenerator random) {
    this.store = store;
    this.policy = policy;
    this.pauses = pauses;
    this.random = random;
  }

  private interface Request<T> {
    T send() throws StoreException, InterruptedException;
  }

  private <T> T repeat(Request<T> request) throws StoreException, InterruptedException {
    long begin = pauses.nanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return request.send();
      } catch (StoreException e) {
        Duration pause = jittered(policy.pause(attempt));
        Duration spent = Duration.ofNanos(pauses.nanos() - begin);
        boolean late = spent.plus(pause).compareTo(policy.total()) > 0;
        if (e.kind() == Kind.REFUSED || attempt == policy.attempts() || late) {
          throw e;
        }
        LOG.debug(
            "attempt {} of {}, next in {}: {}", attempt, policy.attempts(), pause, e.getMessage());
        pauses.pause(pause);
      }
    }
  }

  // So that many clients that failed at one moment do not come back at one moment.
  private Duration jittered(Duration pause) {
    long half = pause.toNanos() / 2;
    synchronized (random) {
      return Duration.ofNanos(half + random.nextLong(half + 1));
    }
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    return store.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    repeat(() -> {
      store.put(key, body);
      return key;
    });
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    return repeat(() -> store.get(key));
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    return repeat(() -> store.get(key, range));
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    return repeat(() -> store.head(key));
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    return repeat(() -> store.list(prefix, after));
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    repeat(() -> {
      store.delete(key);
      return key;
    });
  }

  // In pieces, so that what was answered is not asked for again.
  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    List<String> all = List.copyOf(new LinkedHashSet<>(keys));
    List<DeleteRefusal> refused = new ArrayList<>();
    for (int from = 0; from < all.size(); from += DELETES_AT_ONCE) {
      List<String> some = all.subList(from, Math.min(all.size(), from + DELETES_AT_ONCE));
      refused.addAll(repeat(() -> store.deleteAll(some)));
    }
    return refused;
  }

  /// As the store's, and listing and aborting uploads is repeated too.
  @Override
  public StoreInsight insight() {
    StoreInsight insight = store.insight();
    return new StoreInsight() {
      @Override
      public Optional<ObjectStore> inParts() {
        return insight.inParts();
      }

      @Override
      public Optional<Instant> serverTime() throws StoreException, InterruptedException {
        return insight.serverTime();
      }

      @Override
      public List<String> lifecycleRules() throws InterruptedException {
        return insight.lifecycleRules();
      }

      @Override
      public List<UnfinishedUpload> unfinishedUploads(String prefix)
          throws StoreException, InterruptedException {
        return repeat(() -> insight.unfinishedUploads(prefix));
      }

      @Override
      public void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
        repeat(() -> {
          insight.abort(upload);
          return upload;
        });
      }
    };
  }

  @Override
  public void close() {
    store.close();
  }
}
