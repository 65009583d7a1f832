/// SQLite's own files: database header, WAL, wal-index (`-shm`) and the lock protocol.
///
/// Capturing goes through [dev.tidemark.sqlite.Source], applying through
/// [dev.tidemark.sqlite.ReplicaWal]. Depends on the formats' words and on SQLite's driver only.
@NullMarked
package dev.tidemark.sqlite;

import org.jspecify.annotations.NullMarked;
