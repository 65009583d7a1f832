package dev.tidemark.store;

import dev.tidemark.ltx.Position;

/// A state that can be restored: when it was committed, how many pages its transaction (or merged
/// file, or snapshot) carries, and the size of the database after it.
public record LogEntry(Position position, long timestampMillis, long pages, long databasePages) {}
