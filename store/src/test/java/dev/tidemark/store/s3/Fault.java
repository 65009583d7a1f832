package dev.tidemark.store.s3;

/// What a [FaultProxy] does to one request and its answer.
public enum Fault {
  /// The connection is reset before the server hears anything.
  RESET,
  /// Half of the request's body reaches the server, then the connections are reset.
  CUT_REQUEST,
  /// The request waits, and then goes on.
  DELAY,
  /// The server is not asked; the answer is a 500.
  ERROR_500,
  /// The server is not asked; the answer is a 503 that asks to slow down.
  SLOW_DOWN,
  /// The server answers, and nobody hears it.
  LOST_ANSWER,
  /// The answer ends in the middle of its body.
  CUT_ANSWER,
  /// The answer comes in small pieces.
  DRIP
}
