package dev.tidemark.sqlite;

/// A file that cannot be shipped as it is: not a database, rollback journal mode, exclusive
/// locking, encrypted. The message says which file, what was found and what to do. Exit code 2.
public final class UnsuitableDatabaseException extends Exception {
  private final Reason reason;

  /// What was found. [Reason#mayPass] tells whether it may be another thing in a moment.
  public enum Reason {
    /// The file has no bytes yet; the application has not written its first page.
    EMPTY,
    ROLLBACK_JOURNAL,
    NOT_A_DATABASE,
    /// Another process uses `locking_mode=EXCLUSIVE` (or the `unix-excl` VFS).
    EXCLUSIVE_LOCKING,
    /// NFS, SMB, FUSE and the like, where neither locks nor shared memory can be relied on.
    FILE_SYSTEM,
    /// The directory cannot be written, or files made by us would shut the application out.
    PERMISSION;

    /// An application that makes its database passes through these within moments: its first pages
    /// are written with a rollback journal, and it holds the file exclusively for a change of the
    /// mode. What stays so needs a person.
    public boolean mayPass() {
      return this == ROLLBACK_JOURNAL || this == EXCLUSIVE_LOCKING;
    }
  }

  public UnsuitableDatabaseException(String message) {
    this(Reason.NOT_A_DATABASE, message);
  }

  public UnsuitableDatabaseException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
