package dev.tidemark.shipper;

/// Where a simulated application is when it is killed.
enum SimCrash {
  IDLE,
  /// Some pages of a transaction were spilled to the log.
  SPILLED,
  /// All frames of a commit are written, the header is not.
  UNPUBLISHED,
  /// Between the two copies of the header.
  HEADER,
  CHECKPOINT
}
