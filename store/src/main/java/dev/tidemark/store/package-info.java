/// The object store seam: what Tidemark asks of a store, its keys and records, the chain read from
/// a listing, and the planner. Depends on the formats only; knows no database.
@NullMarked
package dev.tidemark.store;

import org.jspecify.annotations.NullMarked;
