/// `ltx …`: looks at, checks and makes LTX files, from Tidemark or from anyone. Works on files
/// alone; no store and no daemon is involved.
@NullMarked
package dev.tidemark.cli.ltx;

import org.jspecify.annotations.NullMarked;
