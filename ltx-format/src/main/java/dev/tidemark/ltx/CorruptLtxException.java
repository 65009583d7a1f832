package dev.tidemark.ltx;

import java.io.IOException;

/// Bytes that are not what the format says. Never retried: the same bytes give the same answer.
///
/// It is an [IOException] so that it can pass through streams; catch it before its parent.
public final class CorruptLtxException extends IOException {
  private final long offset;
  private final String reason;

  /// `offset` counts bytes from the start of the LTX file or object that is being read.
  public CorruptLtxException(long offset, String reason) {
    super("at byte " + offset + ": " + reason);
    this.offset = offset;
    this.reason = reason;
  }

  public long offset() {
    return offset;
  }

  public String reason() {
    return reason;
  }
}
