package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;
import java.io.IOException;
import java.io.InterruptedIOException;

/// Reading a stored object failed, met inside a stream. [#damage] says what it means.
public final class UnreadableObjectException extends IOException {
  private final ObjectKey key;
  private final IOException failure;

  UnreadableObjectException(ObjectKey key, IOException failure) {
    super(key.text() + ": " + failure.getMessage(), failure);
    this.key = key;
    this.failure = failure;
  }

  /// Answers the damage; what is not damage is thrown.
  public DamagedLogException damage()
      throws StoreException, ObjectGoneException, InterruptedException {
    return switch (failure) {
      case ObjectFetch.FetchException e -> throw e.failure();
      case ObjectFetch.GoneException _ -> throw new ObjectGoneException(key);
      case InterruptedIOException _ -> {
        // The exception takes the place of the thread's mark.
        Thread.interrupted();
        throw new InterruptedException("interrupted while reading " + key.text());
      }
      case CorruptLtxException e -> new DamagedLogException(key.text(), e);
      default ->
          new DamagedLogException(
              key.text(), "cannot be decoded: " + failure.getMessage(), failure);
    };
  }
}
