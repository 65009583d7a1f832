/// Real processes, killed and stopped at random moments, against an oracle that is exact to the
/// byte. Run by `ci/kill`.
@org.jspecify.annotations.NullMarked
package dev.tidemark.cli.kill;
