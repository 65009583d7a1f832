package dev.tidemark.retention;

import java.time.Instant;
import java.util.Optional;

/// What stays restorable for one reason: every transaction, one an hour, a pin. How many positions
/// that is (0: it is not counted), and since when.
public record Restorable(String what, long positions, Optional<Instant> since) {
  @Override
  public String toString() {
    return what
        + since.map(time -> " since " + time).orElse("")
        + (positions == 0 ? "" : ": " + positions);
  }
}
