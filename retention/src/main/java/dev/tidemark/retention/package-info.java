/// Compaction, snapshots and retention. What to merge and what may be deleted are pure functions of
/// a [dev.tidemark.retention.View]; reading and storing is done at the edge. Depends on the store
/// seam and the formats; knows no database and no command line.
@NullMarked
package dev.tidemark.retention;

import org.jspecify.annotations.NullMarked;
