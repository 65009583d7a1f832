package dev.tidemark.store;

/// The store did not do what was asked. The message says what was asked, where, and what came back.
public final class StoreException extends Exception {
  /// What the caller does next.
  public enum Kind {
    /// No answer, or one that may be different next time: try again later.
    UNAVAILABLE,
    /// Credentials, permission, missing bucket or root: a person must act.
    REFUSED
  }

  private final Kind kind;

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
