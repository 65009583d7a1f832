package dev.tidemark.store;

import java.time.Instant;

/// A key, the size of its object in bytes, and the store's own time of when it was put there.
///
/// Nothing essential rests on the time: what an object is and whether it is needed follows from
/// keys and contents alone. It only spares the young ones from being removed, and copying a log to
/// another store makes all of it young.
public record Listed(String key, long size, Instant storedAt) {
  /// Of a store that tells no time: younger than any age that is asked for.
  public static final Instant UNKNOWN = Instant.MAX;
}
