package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.Body;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Records;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.MemoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Retention by hand, as the rules have it: makes covers from what it read, proves that the log did
/// not go on meanwhile, stores them, reads them back, moves the boundary, waits, and deletes what
/// lies below. Any doubt ends it; the next one begins anew.
final class SimMaintainer implements Runnable {
  private static final int KEY_BYTES_MAX = 1 << 16;

  private static final class InDoubtException extends Exception {
    InDoubtException(String why) {
      super(why);
    }
  }

  private final ObjectStore store;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Context.Sleep sleep;
  private final long graceMillis;
  private final Consumer<String> tell;

  SimMaintainer(
      ObjectStore store,
      RandomGenerator random,
      InstantSource clock,
      Context.Sleep sleep,
      long graceMillis,
      Consumer<String> tell) {
    this.store = store;
    this.random = random;
    this.clock = clock;
    this.sleep = sleep;
    this.graceMillis = graceMillis;
    this.tell = tell;
  }

  @Override
  public void run() {
    try {
      Optional<Id128> databaseId = Records.database(store).map(record -> record.databaseId());
      if (databaseId.isPresent()) {
        maintain(databaseId.get());
      }
    } catch (StoreException | IOException | DamagedLogException | InDoubtException e) {
      tell.accept("gives up: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void maintain(Id128 databaseId)
      throws StoreException,
          DamagedLogException,
          IOException,
          InDoubtException,
          InterruptedException {
    SimBucket log = SimBucket.read(readAll(), new SimBucket.Cache());
    if (log.segments().size() < 2) {
      return;
    }
    // The last segment stays above the boundary.
    int count = 1 + random.nextInt(log.segments().size() - 1);
    List<SimBucket.Segment> covered = log.segments().subList(0, count);
    SimObject.Change last = covered.getLast().object().changes().getLast();
    boolean mergeable =
        covered.stream()
            .flatMap(segment -> segment.object().changes().stream())
            .allMatch(change -> change.pageSize() == last.pageSize());
    boolean merge = mergeable && random.nextBoolean();
    SimCover cover =
        merge
            ? SimCover.merged(covered, databaseId)
            : SimCover.snapshot(
                Objects.requireNonNull(log.states().get(last.after())), last, databaseId);
    prove(log, databaseId);
    store(cover.key().text(), cover.bytes());
    BoundaryRecord next =
        new BoundaryRecord(log.boundaries().size() + 1, databaseId, last.after(), clock.instant());
    move(next);
    tell.accept("the boundary is " + last.after());
    sleep.sleep(graceMillis);
    delete(next, !merge);
  }

  /// A copy of what is listed.
  private SortedMap<String, byte[]> readAll()
      throws StoreException, IOException, InterruptedException, InDoubtException {
    MemoryStore copy = new MemoryStore();
    for (String prefix : List.of(ObjectKey.LOG, "boundary/", ObjectKey.MERGED, "snapshots/")) {
      for (Listed object : list(prefix)) {
        Optional<StoredObject> found = store.get(object.key());
        if (found.isEmpty()) {
          throw new InDoubtException(object.key() + " was listed and is gone");
        }
        try (var content = found.get().content()) {
          copy.objects().put(object.key(), content.readAllBytes());
        }
      }
    }
    return copy.objects();
  }

  private List<Listed> list(String prefix) throws StoreException, InterruptedException {
    ListPage page = store.list(prefix, "");
    if (page.more()) {
      throw new AssertionError("more than a page of " + prefix);
    }
    return page.objects();
  }

  /// What was read counts only if the boundary, read after it, is not past it.
  private void prove(SimBucket log, Id128 databaseId)
      throws StoreException, DamagedLogException, InterruptedException, InDoubtException {
    if (Records.boundaryAfter(store, log.boundaries().size(), databaseId).isPresent()) {
      throw new InDoubtException("somebody else moved the boundary");
    }
  }

  /// Stores, unless it is there; then it must be the same. Read back in any case.
  private void store(String key, byte[] bytes)
      throws StoreException, InterruptedException, InDoubtException {
    PutOutcome _ = store.putIfAbsent(key, Body.of(bytes));
    Optional<Slice> there = store.get(key, new ByteRange.Last(1 << 30));
    if (there.isEmpty() || !Arrays.equals(there.get().bytes(), bytes)) {
      throw new InDoubtException(key + " is not what was stored");
    }
  }

  private void move(BoundaryRecord next)
      throws StoreException, DamagedLogException, InterruptedException, InDoubtException {
    if (Records.putBoundary(store, next) == PutOutcome.STORED) {
      return;
    }
    Optional<Slice> there =
        store.get(BoundaryRecord.key(next.number()), new ByteRange.Last(KEY_BYTES_MAX));
    if (there.isEmpty()
        || !new String(there.get().bytes(), StandardCharsets.UTF_8)
            .contains(next.position().toString())) {
      throw new InDoubtException("boundary " + next.number() + " is not ours");
    }
  }

  /// Removes what lies below the boundary; with a snapshot there, older covers too.
  private void delete(BoundaryRecord boundary, boolean covers)
      throws StoreException, InterruptedException {
    SortedMap<String, ObjectKey> keys = new TreeMap<>();
    for (String prefix : List.of(ObjectKey.LOG, ObjectKey.MERGED)) {
      for (Listed object : list(prefix)) {
        ObjectKey.parse(object.key()).ifPresent(key -> keys.put(object.key(), key));
      }
    }
    long limit = boundary.position().txid().value();
    for (var entry : keys.entrySet()) {
      boolean below =
          switch (entry.getValue()) {
            case ObjectKey.Slot slot -> slot.first().value() <= limit;
            case ObjectKey.Merged merged -> covers && merged.last().value() <= limit;
            case ObjectKey.Snapshot _ -> false;
          };
      if (below) {
        store.delete(entry.getKey());
      }
    }
  }
}
