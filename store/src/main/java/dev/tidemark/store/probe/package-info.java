/// Finds out what a store really guarantees, by trying: what `doctor` does. Depends on the store
/// seam and the formats only.
@NullMarked
package dev.tidemark.store.probe;

import org.jspecify.annotations.NullMarked;
