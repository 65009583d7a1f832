package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import java.util.Optional;

/// A state that can be restored: when it was committed, how many pages its transaction (or merged
/// file, or snapshot) carries, and the size of the database after it. A merged file or a snapshot
/// does not tell which kind of transaction it ends with.
public record LogEntry(
    Position position,
    long timestampMillis,
    long pages,
    long databasePages,
    Optional<TransactionKind> kind) {}
