package dev.tidemark.shipper;

/// How far a transaction has come.
public enum DurabilityLevel {
  /// Read from the WAL.
  CAPTURED,
  /// Synced locally.
  SPOOLED,
  /// In the bucket, proven.
  STORED
}
