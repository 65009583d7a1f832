package dev.tidemark.shipper;

/// What a shipped database is doing, as `status` shows it.
public enum ShipperState {
  STARTING,
  SHIPPING,
  IDLE,
  OUTAGE,
  FENCED,
  STOPPING
}
