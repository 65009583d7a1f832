package dev.tidemark.retention;

import java.time.Duration;

/// How patient retention is. Grace spares restores that are running and lets followers trust a slot
/// for a while after they looked at the boundary; nothing else rests on it.
public record RetentionSettings(Duration grace, Duration boundaryEvery, Duration replicaLag) {
  public static final RetentionSettings DEFAULT =
      new RetentionSettings(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(24));
}
