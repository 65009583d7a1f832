package dev.tidemark.shipper;

import dev.tidemark.ltx.ObjectIdentity;
import java.io.IOException;
import java.util.Optional;

/// The oldest transactions of the spool's logs on their way into a segment of their own. Nothing is
/// appended to their log meanwhile.
///
/// Any thread may make the segment; whoever else needs it waits.
final class Sealing {
  private final StateFiles files;
  private final ObjectIdentity identity;
  private final LogPart part;
  private Optional<SpooledObject> made = Optional.empty();

  Sealing(StateFiles files, ObjectIdentity identity, LogPart part) {
    this.files = files;
    this.identity = identity;
    this.part = part;
  }

  int transactions() {
    return part.rows().size();
  }

  /// Makes the segment, durably, if it is not made yet.
  synchronized void make() throws IOException {
    try {
      if (made.isEmpty()) {
        made = Optional.of(SpooledObject.write(files, identity, part.last(), part::copyTo));
      }
    } catch (LostContinuityException e) {
      throw new AssertionError(e);
    }
  }

  /// The segment, once it is made.
  synchronized SpooledObject made() {
    return made.orElseThrow();
  }
}
