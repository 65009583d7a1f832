package dev.tidemark.fuzz;

import java.util.Base64;
import java.util.Optional;

/// A parser did what it must not: another exception than its own, or more memory than it may take.
public final class Defect extends AssertionError {
  Defect(FuzzTarget target, byte[] input, String what, Optional<Throwable> cause) {
    super(
        "%s: %s; the input (%d bytes, base64): %s"
            .formatted(
                target.name(), what, input.length, Base64.getEncoder().encodeToString(input)),
        cause.orElse(null));
  }
}
