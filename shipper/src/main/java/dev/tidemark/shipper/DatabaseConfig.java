package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// One database and where it goes. `spoolSync`: zero = every batch; empty = never. `auditInterval`:
/// from the end of one self-audit to the next; zero = at once; empty = never.
public record DatabaseConfig(
    Path database,
    ObjectStore store,
    String url,
    Optional<Position> takeOver,
    Duration syncInterval,
    Optional<Duration> spoolSync,
    long spoolQuotaBytes,
    long walCapBytes,
    Optional<Duration> auditInterval) {}
