/// `ci/fuzz`: all targets under a coverage-guided fuzzer, without an end.
@NullMarked
package dev.tidemark.cli.fuzz;

import org.jspecify.annotations.NullMarked;
