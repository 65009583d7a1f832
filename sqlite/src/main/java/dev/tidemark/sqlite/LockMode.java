package dev.tidemark.sqlite;

/// How the pin is held.
public enum LockMode {
  /// OFD locks where they exist, SQL transactions elsewhere.
  AUTO,
  OFD,
  SQL
}
