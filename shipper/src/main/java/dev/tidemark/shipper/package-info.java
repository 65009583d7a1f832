/// Capture, spool, upload, fencing and resync: the daemon's core, for many databases in one
/// process. Depends on the formats, SQLite's files and the store; prints nothing, parses no flags
/// and never exits.
@NullMarked
package dev.tidemark.shipper;

import org.jspecify.annotations.NullMarked;
