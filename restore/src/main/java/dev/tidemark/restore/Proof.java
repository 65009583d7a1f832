package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How much of a log is proven: every transaction after `from` up to `position` was read back from
/// the store and adds up, the last of them at `at`. Problems endanger a promised position;
/// `position` lies before the first one that is lost.
public record Proof(
    Position from,
    Optional<Position> position,
    Optional<Instant> at,
    List<VerifyResult.Problem> problems) {
  /// Nothing was read yet.
  public static final Proof NONE =
      new Proof(Position.START, Optional.empty(), Optional.empty(), List.of());

  public Proof {
    problems = List.copyOf(problems);
  }
}
