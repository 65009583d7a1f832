package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.Body;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.UnfinishedUpload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Notes what a maintainer changes, and fails the test if it deletes what it never may: anything
/// above the boundary, and records. Keeps what a test locks, and knows of uploads that a test
/// began.
class WatchedStore extends PassingStore {
  final List<String> puts = new ArrayList<>();
  final List<String> deletes = new ArrayList<>();
  final Map<String, String> locked = new HashMap<>();
  final List<UnfinishedUpload> uploads = new ArrayList<>();
  private final Id128 databaseId;

  WatchedStore(ObjectStore store, Id128 databaseId) {
    super(store);
    this.databaseId = databaseId;
  }

  @Override
  public synchronized PutOutcome putIfAbsent(String key, Body body)
      throws StoreException, InterruptedException {
    puts.add(key);
    return super.putIfAbsent(key, body);
  }

  @Override
  public synchronized void put(String key, Body body) throws StoreException, InterruptedException {
    puts.add(key);
    super.put(key, body);
  }

  @Override
  public void delete(String key) {
    throw new AssertionError("not in one request with others: " + key);
  }

  @Override
  public synchronized List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    long boundary = boundary();
    List<DeleteRefusal> refused = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (String key : keys) {
      check(key, boundary);
      if (locked.containsKey(key)) {
        refused.add(new DeleteRefusal(key, locked.get(key)));
      } else {
        gone.add(key);
      }
    }
    deletes.addAll(keys);
    refused.addAll(super.deleteAll(gone));
    return refused;
  }

  private static void check(String key, long boundary) {
    long last =
        switch (ObjectKey.parse(key).orElseThrow(() -> new AssertionError("deletes " + key))) {
          case ObjectKey.Slot slot -> slot.first().value();
          case ObjectKey.Merged merged -> merged.last().value();
          case ObjectKey.Snapshot snapshot -> snapshot.txid().value();
        };
    if (last > boundary) {
      throw new AssertionError("deletes " + key + " above the boundary " + boundary);
    }
  }

  private long boundary() throws StoreException, InterruptedException {
    try {
      Optional<BoundaryRecord> record = Records.boundaryAfter(store, 0, databaseId);
      return record.map(it -> it.position().txid().value()).orElse(0L);
    } catch (DamagedLogException e) {
      throw new AssertionError(e);
    }
  }

  boolean changedNothing() {
    return puts.isEmpty() && deletes.isEmpty();
  }

  @Override
  public StoreInsight insight() {
    return new StoreInsight() {
      @Override
      public List<UnfinishedUpload> unfinishedUploads(String prefix) {
        return List.copyOf(uploads);
      }

      @Override
      public void abort(UnfinishedUpload upload) {
        uploads.remove(upload);
      }
    };
  }
}
