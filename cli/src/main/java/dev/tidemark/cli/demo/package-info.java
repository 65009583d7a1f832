/// The whole story in a minute: a live writer, shipping, a crash, restores, and proof. Uses the
/// same commands as a user does, in processes that are really killed.
@NullMarked
package dev.tidemark.cli.demo;

import org.jspecify.annotations.NullMarked;
