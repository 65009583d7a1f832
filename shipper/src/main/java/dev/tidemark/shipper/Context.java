package dev.tidemark.shipper;

import dev.tidemark.sqlite.LockMode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What the databases of one process share: clocks, randomness, pools. `nanos` is a clock that only
/// moves forward.
///
/// `files` opens a state directory. `captures` is a small bounded pool; `requests` runs what waits
/// for the store.
record Context(
    InstantSource clock,
    LongSupplier nanos,
    RandomGenerator random,
    LockMode locks,
    Function<Path, StateFiles> files,
    Executor captures,
    Executor requests) {}
