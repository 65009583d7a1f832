package dev.tidemark.shipper;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What the databases of one process share: clocks, randomness, pools, and where files come from,
/// so that a simulation can own all of it. `nanos` is a clock that only moves forward.
///
/// `files` opens a state directory. `captures` and `segments` are small bounded pools; `requests`
/// runs what waits for the store or the disk. `auditBudget` is what the self-audits may read.
record Context(
    InstantSource clock,
    LongSupplier nanos,
    Sleep sleep,
    RandomGenerator random,
    Sources sources,
    Function<Path, StateFiles> files,
    Executor captures,
    Executor segments,
    Executor requests,
    IoBudget auditBudget) {
  /// Lets the thread rest.
  interface Sleep {
    void sleep(long millis) throws InterruptedException;
  }
}
