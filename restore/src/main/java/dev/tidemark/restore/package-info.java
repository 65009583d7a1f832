/// Brings positions back: download, proof, and only then a visible file. Depends on the formats,
/// SQLite's files and the store; knows no shipper.
@NullMarked
package dev.tidemark.restore;

import org.jspecify.annotations.NullMarked;
