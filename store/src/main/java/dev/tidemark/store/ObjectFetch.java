package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.IndexFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Downloads whole objects in a given order, in parts of a limited size, a fixed number of parts
/// ahead of the reader: small objects in parallel to each other, a large one in parallel to itself.
/// Memory is bounded by parts, whatever the objects' sizes. Closing it gives up what is under way.
final class ObjectFetch implements AutoCloseable {
  /// An object: its index frame, and its bytes from the first to the last.
  record Fetched(Chain.Item item, IndexFrame index, InputStream content) {}

  /// An answer on its way, and the object that it belongs to.
  private record Pending(Chain.Item item, Future<Piece> answer) {}

  /// A request not yet made.
  private record Request(Chain.Item item, Callable<Piece> call) {}

  /// The store's answer was an error, met inside a stream.
  static final class FetchException extends IOException {
    private final StoreException failure;

    FetchException(StoreException failure) {
      super(failure);
      this.failure = failure;
    }

    StoreException failure() {
      return failure;
    }
  }

  /// The object is absent, met inside a stream.
  static final class GoneException extends IOException {}

  /// What one request brings: the index frame of a large object, or a part of any.
  private static final class Piece {
    final Optional<IndexFrame> index;
    final byte[] bytes;

    Piece(Optional<IndexFrame> index, byte[] bytes) {
      this.index = index;
      this.bytes = bytes;
    }
  }

  private final ObjectStore store;
  private final ReadListener listener;
  private final Requests requests;
  private final Deque<Pending> ahead = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int aheadMax;
  private final int partBytes;

  ObjectFetch(
      ObjectStore store, List<Chain.Item> items, ReadAhead readAhead, ReadListener listener) {
    this.store = store;
    this.listener = listener;
    this.aheadMax = Math.max(1, readAhead.parts());
    this.partBytes = readAhead.partBytes();
    this.requests = new Requests(items.iterator());
  }

  /// Begins an object; objects are asked for in the order given, and may be left out or left
  /// unread.
  Fetched next(Chain.Item item) throws IOException, DamagedLogException, InterruptedException {
    String key = item.key().text();
    try {
      if (!isSmall(item)) {
        IndexFrame index = piece(item).index.orElseThrow(GoneException::new);
        return new Fetched(item, index, new Parts(item, new byte[0]));
      }
      byte[] bytes = piece(item).bytes;
      if (bytes.length < Integer.BYTES) {
        throw new DamagedLogException(key, "is cut short");
      }
      if (IndexFrame.frameBytes(bytes) > bytes.length) {
        throw new DamagedLogException(key, "its index frame is larger than the object");
      }
      return new Fetched(item, IndexFrame.decode(bytes, bytes.length), new Parts(item, bytes));
    } catch (CorruptLtxException e) {
      throw new DamagedLogException(key, e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private boolean isSmall(Chain.Item item) {
    return item.size() <= partBytes;
  }

  private Piece piece(Chain.Item item)
      throws IOException, DamagedLogException, InterruptedException {
    Pending pending = pending();
    while (!pending.item().equals(item)) {
      pending.answer().cancel(true);
      requests.leave(pending.item());
      pending = pending();
    }
    try {
      Piece piece = pending.answer().get();
      listener.bytes(piece.bytes.length);
      return piece;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreException failure -> throw new FetchException(failure);
        case DamagedLogException damage -> throw damage;
        case GoneException gone -> throw gone;
        case InterruptedException interrupt -> throw interrupt;
        case Error error -> throw error;
        case null, default ->
            throw new IllegalStateException("reading " + item.key().text(), e.getCause());
      }
    }
  }

  private Pending pending() {
    while (ahead.size() < aheadMax && requests.hasNext()) {
      Request request = requests.next();
      ahead.add(new Pending(request.item(), threads.submit(request.call())));
    }
    return ahead.remove();
  }

  private Piece index(Chain.Item item)
      throws StoreException, DamagedLogException, InterruptedException, GoneException {
    Optional<IndexFrame> index = ObjectIndex.read(store, item.key().text(), item.size());
    return new Piece(Optional.of(index.orElseThrow(GoneException::new)), new byte[0]);
  }

  private Piece part(Chain.Item item, long offset)
      throws StoreException, DamagedLogException, InterruptedException, GoneException {
    int length = (int) Math.min(partBytes, item.size() - offset);
    if (length == 0) {
      throw new DamagedLogException(item.key().text(), "is empty");
    }
    Slice slice =
        store
            .get(item.key().text(), new ByteRange.Part(offset, length))
            .orElseThrow(GoneException::new);
    if (slice.objectSize() != item.size() || slice.bytes().length != length) {
      throw new DamagedLogException(
          item.key().text(),
          "has %d bytes, the listing says %d".formatted(slice.objectSize(), item.size()));
    }
    return new Piece(Optional.empty(), slice.bytes());
  }

  /// All requests, in the order in which their answers are consumed.
  private final class Requests implements Iterator<Request> {
    private final Iterator<Chain.Item> items;
    private Optional<Chain.Item> large = Optional.empty();
    private long offset;

    Requests(Iterator<Chain.Item> items) {
      this.items = items;
    }

    @Override
    public boolean hasNext() {
      return large.isPresent() || items.hasNext();
    }

    @Override
    public Request next() {
      if (large.isPresent()) {
        Chain.Item item = large.get();
        long from = offset;
        offset += partBytes;
        if (offset >= item.size()) {
          large = Optional.empty();
        }
        return new Request(item, () -> part(item, from));
      }
      Chain.Item item = items.next();
      if (isSmall(item)) {
        return new Request(item, () -> part(item, 0));
      }
      large = Optional.of(item);
      offset = 0;
      return new Request(item, () -> index(item));
    }

    /// Nothing more of this object is wanted.
    void leave(Chain.Item item) {
      if (large.equals(Optional.of(item))) {
        large = Optional.empty();
      }
    }
  }

  /// The bytes of one object, part by part.
  private final class Parts extends InputStream {
    private final Chain.Item item;
    private byte[] part;
    private int at;
    private long left;

    Parts(Chain.Item item, byte[] first) {
      this.item = item;
      this.part = first;
      this.left = item.size() - first.length;
    }

    @Override
    public int read() throws IOException {
      return advance() ? part[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!advance()) {
        return -1;
      }
      int count = Math.min(length, part.length - at);
      System.arraycopy(part, at, bytes, offset, count);
      at += count;
      return count;
    }

    /// Whether there is a byte at `at`.
    private boolean advance() throws IOException {
      if (at < part.length) {
        return true;
      }
      if (left == 0) {
        return false;
      }
      try {
        part = piece(item).bytes;
      } catch (DamagedLogException e) {
        throw new CorruptLtxException(item.size() - left, e.reason());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading " + item.key().text());
      }
      left -= part.length;
      at = 0;
      return true;
    }
  }
}
