package dev.tidemark.cli.kill;

/// What happens to the database of a round, beside kills.
enum Disturbance {
  NONE,
  /// Vacuums, one after the other; while the daemon runs, or while it is down.
  VACUUM,
  /// While the daemon is down, another page size.
  PAGE_SIZE,
  /// While the daemon is down, commits in rollback-journal mode.
  JOURNAL_MODE,
  /// The files are deleted, and a new database is made under the name.
  RECREATED,
  /// Another database gets the name.
  REPLACED,
  /// While the daemon is down, an older copy gets the name.
  OLDER_COPY,
  /// While the daemon is down, an older copy is written into the file.
  OLDER_CONTENT,
  /// The database goes away under another name, and comes back.
  MOVED,
  /// The `-shm` is deleted.
  SHM_DELETED,
  /// `-wal` and `-shm` are deleted, and with them what no checkpoint had saved.
  WAL_DELETED,
  /// The daemon, and some writers, know the database by a symbolic link.
  SYMLINK,
  /// Two databases are shipped, and changed by the same transactions of one connection that has the
  /// second one attached.
  TWO_DATABASES,
  /// While the daemon is down, its state folder is deleted.
  STATE_DELETED,
  /// The store is away for a while.
  STORE_AWAY,
  /// A second daemon is started.
  SECOND_DAEMON,
  /// While the daemon is down, commits, and a checkpoint of each mode.
  CHECKPOINTED,
  /// The disk of the state folder is full for a while.
  STATE_DISK_FULL,
  /// The disk of the bucket is full for a while.
  BUCKET_DISK_FULL,
  /// The daemon's wall clock is stepped forward, back, and to where it was.
  CLOCK_STEPPED
}
