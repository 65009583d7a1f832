/// Stores for tests, here and in other modules: the contract every store keeps, a store in memory,
/// a store that fails on purpose, and an S3 server in the test's own process.
@NullMarked
package dev.tidemark.store.testing;

import org.jspecify.annotations.NullMarked;
