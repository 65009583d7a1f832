package dev.tidemark.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What Tidemark asks of a store: whole objects under flat keys, one conditional write, and a
/// sorted listing.
///
/// Keys are relative to the URL's prefix. Implementations are safe for use by many threads. Each
/// call is one attempt: retrying is the caller's (see `RetryingStore`). A missing object is an
/// empty answer; a missing bucket or root is a [StoreException].
public interface ObjectStore extends AutoCloseable {
  /// Stores the object unless the key exists. The only conditional write anywhere.
  /// [PutOutcome#STORED] is certain; the other outcomes are settled by reading back.
  PutOutcome putIfAbsent(String key, Body body) throws StoreException, InterruptedException;

  /// Stores or replaces the object.
  void put(String key, Body body) throws StoreException, InterruptedException;

  /// The whole object as a stream; the caller closes it. Read errors surface as IOException.
  Optional<StoredObject> get(String key) throws StoreException, InterruptedException;

  /// A part of an object, in memory, with the size of the whole.
  Optional<Slice> get(String key, ByteRange range) throws StoreException, InterruptedException;

  /// The size of an object.
  OptionalLong head(String key) throws StoreException, InterruptedException;

  /// Up to a page of keys with this prefix that sort after `after` ("" = from the start), ascending
  /// in byte order.
  ListPage list(String prefix, String after) throws StoreException, InterruptedException;

  /// Removes the object; missing is fine.
  void delete(String key) throws StoreException, InterruptedException;

  /// Removes the objects, with few requests where the store can; missing ones are fine. Answers
  /// those that it refuses to remove, each once; all others are gone. A [StoreException] means that
  /// it is not known which are gone: to ask again does no harm.
  List<DeleteRefusal> deleteAll(Collection<String> keys)
      throws StoreException, InterruptedException;

  /// What else can be found out about it.
  default StoreInsight insight() {
    return StoreInsight.NONE;
  }

  @Override
  void close();
}
