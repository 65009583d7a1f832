/// Makes the golden buckets that the tests of `restore` read. Not part of any test run.
@NullMarked
package dev.tidemark.cli.golden;

import org.jspecify.annotations.NullMarked;
