package dev.tidemark.store;

import dev.tidemark.ltx.CorruptLtxException;

/// What is stored is not what it should be: damage, a hole, another database's object, a newer
/// format. Names the key (or the range of positions) and what is wrong. Never retried. Exit code 3.
public final class DamagedLogException extends Exception {
  private final String key;
  private final String reason;

  public DamagedLogException(String key, String reason) {
    super(key + ": " + reason);
    this.key = key;
    this.reason = reason;
  }

  public DamagedLogException(String key, String reason, Throwable cause) {
    super(key + ": " + reason, cause);
    this.key = key;
    this.reason = reason;
  }

  public DamagedLogException(String key, CorruptLtxException cause) {
    this(key, "at byte " + cause.offset() + ": " + cause.reason(), cause);
  }

  /// The message without the key.
  public String reason() {
    return reason;
  }

  public String key() {
    return key;
  }
}
