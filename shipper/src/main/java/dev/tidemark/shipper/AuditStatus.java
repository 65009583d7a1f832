package dev.tidemark.shipper;

import java.time.Instant;
import java.util.Optional;

/// What the self-audit of one database has done since the daemon began.
///
/// @param passes how often all pages were compared, and when that was last completed
/// @param pages pages of the database file that were compared
/// @param mismatches how often something else was in the file than what was shipped, and shipped as
///   a resync
public record AuditStatus(long passes, Optional<Instant> lastPass, long pages, long mismatches) {
  static final AuditStatus NONE = new AuditStatus(0, Optional.empty(), 0, 0);

  AuditStatus read(long more) {
    return new AuditStatus(passes, lastPass, pages + more, mismatches);
  }

  AuditStatus passed(Instant now) {
    return new AuditStatus(passes + 1, Optional.of(now), pages, mismatches);
  }

  AuditStatus mismatched() {
    return new AuditStatus(passes, lastPass, pages, mismatches + 1);
  }
}
