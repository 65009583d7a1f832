/// The commands that keep a bucket small: `maintain` and its steps, and `pin`.
@NullMarked
package dev.tidemark.cli.maintain;

import org.jspecify.annotations.NullMarked;
