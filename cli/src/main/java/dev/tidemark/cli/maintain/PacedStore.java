package dev.tidemark.cli.maintain;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/// A store whose objects move at a pace, up and down together. What is read twice to be sent once,
/// to be signed first, counts twice.
final class PacedStore extends PassingStore {
  private final Pace pace;

  PacedStore(ObjectStore store, Pace pace) {
    super(store);
    this.pace = pace;
  }

  @Override
  public PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException {
    return store.putIfAbsent(key, new PacedBody(body));
  }

  @Override
  public void put(String key, Body body) throws StoreException, InterruptedException {
    store.put(key, new PacedBody(body));
  }

  @Override
  public Optional<StoredObject> get(String key) throws StoreException, InterruptedException {
    return store
        .get(key)
        .map(object -> new StoredObject(object.size(), new PacedStream(object.content())));
  }

  @Override
  public Optional<Slice> get(String key, ByteRange range)
      throws StoreException, InterruptedException {
    Optional<Slice> slice = store.get(key, range);
    if (slice.isPresent()) {
      pace.spend(slice.get().bytes().length);
    }
    return slice;
  }

  private final class PacedBody implements Body {
    private final Body body;

    PacedBody(Body body) {
      this.body = body;
    }

    @Override
    public long size() {
      return body.size();
    }

    @Override
    public InputStream open() throws IOException {
      return new PacedStream(body.open());
    }
  }

  private final class PacedStream extends FilterInputStream {
    PacedStream(InputStream content) {
      super(content);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      spend(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      spend(n);
      return n;
    }

    private void spend(int bytes) throws IOException {
      if (bytes <= 0) {
        return;
      }
      try {
        pace.spend(bytes);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
    }
  }
}
