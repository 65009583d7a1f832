package dev.tidemark.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Counts what a store is asked. Below a [RetryingStore] it counts each attempt, which is what is
/// sent and billed.
public final class MeteredStore implements ObjectStore {
  private final ObjectStore store;
  private final StoreMeter meter;

  public MeteredStore(ObjectStore store, StoreMeter meter) {
    this.store = store;
    this.meter = meter;
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.PUT_IF_ABSENT);
    meter.sent(body.size());
    return store.putIfAbsent(key, body);
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.PUT);
    meter.sent(body.size());
    store.put(key, body);
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.GET);
    return store
        .get(key)
        .map(object -> new StoredObject(object.size(), new MeteredStream(object.content())));
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    meter.asked(StoreRequest.GET);
    Optional<Slice> slice = store.get(key, range);
    slice.ifPresent(found -> meter.received(found.bytes().length));
    return slice;
  }

  @Override
  public OptionalLong head(String key) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.HEAD);
    return store.head(key);
  }

  @Override
  public ListPage list(String prefix, String after) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.LIST);
    return store.list(prefix, after);
  }

  @Override
  public void delete(String key) throws StoreException, InterruptedException {
    meter.asked(StoreRequest.DELETE);
    store.delete(key);
  }

  @Override
  public List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException {
    meter.asked(StoreRequest.DELETE_MANY);
    return store.deleteAll(keys);
  }

  @Override
  public StoreInsight insight() {
    return new MeteredInsight(store.insight());
  }

  @Override
  public void close() {
    store.close();
  }

  private final class MeteredStream extends FilterInputStream {
    MeteredStream(InputStream content) {
      super(content);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      meter.received(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      meter.received(Math.max(n, 0));
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      long n = super.skip(count);
      meter.received(n);
      return n;
    }
  }

  private final class MeteredInsight implements StoreInsight {
    private final StoreInsight insight;

    MeteredInsight(StoreInsight insight) {
      this.insight = insight;
    }

    @Override
    public Optional<ObjectStore> inParts() {
      return insight.inParts().map(parts -> new MeteredStore(parts, meter));
    }

    @Override
    public Optional<Instant> serverTime() throws StoreException, InterruptedException {
      meter.asked(StoreRequest.INSIGHT);
      return insight.serverTime();
    }

    @Override
    public List<String> lifecycleRules() throws InterruptedException {
      meter.asked(StoreRequest.INSIGHT);
      return insight.lifecycleRules();
    }

    @Override
    public List<UnfinishedUpload> unfinishedUploads(String prefix)
        throws StoreException, InterruptedException {
      meter.asked(StoreRequest.INSIGHT);
      return insight.unfinishedUploads(prefix);
    }

    @Override
    public void abort(UnfinishedUpload upload) throws StoreException, InterruptedException {
      meter.asked(StoreRequest.INSIGHT);
      insight.abort(upload);
    }
  }
}
