package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.nio.file.Path;
import java.util.Optional;

/// One look at a shipped database. `local` is captured; lag counts from the oldest committed
/// transaction that is not stored, whether or not it is captured. `mode` is empty until the store
/// was asked.
public record DatabaseStatus(
    Path database,
    Optional<Position> local,
    Optional<Position> spooled,
    Optional<Position> stored,
    long lagMillis,
    long lagTransactions,
    long walBytes,
    long spoolBytes,
    Optional<WriterMode> mode,
    ShipperState state,
    Optional<String> problem) {}
