package dev.tidemark.sqlite;

/// A file that cannot be shipped as it is: not a database, rollback journal mode, exclusive
/// locking, encrypted. The message says which file, what was found and what to do. Exit code 2.
public final class UnsuitableDatabaseException extends Exception {
  private final Reason reason;

  /// What was found. [Reason#mayBecomeSuitable] tells whether waiting makes sense.
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

    /// Empty files become databases and journal modes are changed; the rest needs a person.
    public boolean mayBecomeSuitable() {
      return this == EMPTY || this == ROLLBACK_JOURNAL;
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
