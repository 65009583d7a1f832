package dev.tidemark.shipper;

/// What the store does when two writers ship to one log. FENCED: it refuses one of them.
/// DETECT_ONLY: it ignores put-if-absent, so that both go on, and it shows only later.
public enum WriterMode {
  FENCED,
  DETECT_ONLY
}
