package dev.tidemark.shipper;

import dev.tidemark.sqlite.LockMode;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What the databases of one process share: clocks, randomness, pools. `nanos` is a clock that only
/// moves forward.
///
/// `captures` is a small bounded pool; `requests` runs what waits for the store.
record Context(
    InstantSource clock,
    LongSupplier nanos,
    RandomGenerator random,
    LockMode locks,
    Executor captures,
    Executor requests) {}
