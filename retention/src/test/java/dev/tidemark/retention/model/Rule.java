package dev.tidemark.retention.model;

/// The rules that keep maintainers harmless. Each can be left out of the model, to show that it is
/// needed.
enum Rule {
  /// A cover goes only because of one that includes its range.
  CONTAINED,
  /// That one is higher: by level, then by length.
  HIGHER,
  /// No promised position is in between.
  NOTHING_PROMISED_BETWEEN,
  /// That one crosses no cover in the view.
  NO_CROSSING,
  /// That one was read whole, and is sound.
  VERIFIED,
  /// It was read (or made) before the listing began in which it is judged.
  VERIFIED_BEFORE_LISTING,
  /// Covers that end above the boundary are left alone.
  NOTHING_ABOVE,
  /// The boundary moves along covers that begin at it, or that no cover in the view crosses.
  UNCROSSED_WAY,
  /// Only covers that were read and are sound lead to the next boundary.
  VERIFIED_WAY,
  /// A boundary record takes the number after the one in the view.
  NEXT_NUMBER,
  /// The boundary does not pass a pin that no covers lead to.
  PIN_IS_NODE,
  /// Pins are read after the boundary record.
  PINS_AFTER_BOUNDARY,
  /// Who makes a pin takes the next boundary record, with the position unchanged.
  PIN_TAKES_RECORD,
  /// The boundary is read after the inputs of a merge, and before its result is stored.
  BOUNDARY_AFTER_INPUTS
}
