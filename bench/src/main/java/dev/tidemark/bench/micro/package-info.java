/// JMH benchmarks of the loops that every byte passes through. `ci/bench jmh` runs them.
@org.jspecify.annotations.NullMarked
package dev.tidemark.bench.micro;
