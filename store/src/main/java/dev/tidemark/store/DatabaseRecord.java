package dev.tidemark.store;

import dev.tidemark.ltx.Id128;
import java.time.Instant;

/// `database.json`: whose log this is.
public record DatabaseRecord(Id128 databaseId, Instant created, String tool) {
  public static final String KEY = "database.json";
}
