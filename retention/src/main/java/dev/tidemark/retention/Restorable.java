package dev.tidemark.retention;

import java.time.Instant;
import java.util.Optional;

/// What stays restorable for one reason: every transaction, one an hour, a pin. How many positions
/// that is (0: it is not counted), since when, and to how many of them no objects lead that this
/// run has read whole or made: nobody has looked whether these are damaged.
public record Restorable(String what, long positions, Optional<Instant> since, long unread) {
  @Override
  public String toString() {
    return what
        + since.map(time -> " since " + time).orElse("")
        + (positions == 0 ? "" : ": " + positions)
        + (unread == 0
            ? ""
            : ", " + (unread == positions ? "" : unread + " of them ") + "not read");
  }
}
