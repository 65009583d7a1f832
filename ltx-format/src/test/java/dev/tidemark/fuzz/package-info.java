/// Parsers under mutated input: what a [FuzzTarget] is, how inputs are drawn, and what counts as a
/// defect. Each module has its own targets beside its parsers; `ci/fuzz` runs all of them under a
/// coverage-guided fuzzer.
@NullMarked
package dev.tidemark.fuzz;

import org.jspecify.annotations.NullMarked;
