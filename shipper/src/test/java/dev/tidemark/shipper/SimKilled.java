package dev.tidemark.shipper;

/// The simulated process is gone at this point. An error, so that nothing takes it for a failure
/// that one can go on after.
final class SimKilled extends Error {
  private static final long serialVersionUID = 1L;

  SimKilled() {
    super("the simulated process was killed");
  }
}
