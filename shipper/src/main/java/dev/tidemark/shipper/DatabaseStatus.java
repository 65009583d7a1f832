package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.nio.file.Path;
import java.util.Optional;

/// One look at a shipped database. `local` is captured; lag counts from the oldest captured
/// transaction that is not stored.
public record DatabaseStatus(
    Path database,
    Optional<Position> local,
    Optional<Position> spooled,
    Optional<Position> stored,
    long lagMillis,
    long lagTransactions,
    long walBytes,
    long spoolBytes,
    boolean fencedMode,
    ShipperState state,
    Optional<String> problem,
    AuditStatus audit) {}
