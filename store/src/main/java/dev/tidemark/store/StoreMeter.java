package dev.tidemark.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts the requests to a store and the bytes of objects and records that went up and down. For
/// any number of threads, stores and readers; the figures only grow.
public final class StoreMeter {
  private final Map<StoreRequest, LongAdder> requests = new EnumMap<>(StoreRequest.class);
  private final LongAdder up = new LongAdder();
  private final LongAdder down = new LongAdder();

  public StoreMeter() {
    for (StoreRequest kind : StoreRequest.values()) {
      requests.put(kind, new LongAdder());
    }
  }

  /// Those that failed too: they were sent.
  public long requests(StoreRequest kind) {
    return counter(kind).sum();
  }

  public long requests() {
    return requests.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// Of every put that was begun.
  public long bytesUp() {
    return up.sum();
  }

  /// That were read.
  public long bytesDown() {
    return down.sum();
  }

  void asked(StoreRequest kind) {
    counter(kind).increment();
  }

  private LongAdder counter(StoreRequest kind) {
    return Objects.requireNonNull(requests.get(kind), kind.name());
  }

  void sent(long bytes) {
    up.add(bytes);
  }

  void received(long bytes) {
    down.add(bytes);
  }
}
