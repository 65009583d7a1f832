package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.nio.file.Path;
import java.util.Optional;

/// What is known of one database, for whoever asks from another thread: the last look, and what
/// keeps it from doing its work.
final class StatusBoard {
  private volatile Optional<Look> look = Optional.empty();
  private volatile Optional<String> problem = Optional.empty();
  private volatile boolean honoursConditions = true;

  /// What one step left.
  private record Look(
      Position captured,
      Position stored,
      Optional<Long> oldestMillis,
      long walBytes,
      long spoolBytes,
      boolean outage,
      Optional<String> problem,
      AuditStatus audit) {
    long lag() {
      return captured.txid().value() - stored.txid().value();
    }
  }

  void publish(Shipping ship) {
    look =
        Optional.of(
            new Look(
                ship.captured(),
                ship.delivery().stored(),
                ship.spool().oldestTimestampMillis(),
                ship.capture().map(it -> it.wal().bytes()).orElse(0L),
                ship.spool().bytes(),
                ship.delivery().isOutage(),
                ship.problem(),
                ship.audit().status()));
  }

  /// True if this is news.
  boolean problem(String text) {
    Optional<String> before = problem;
    problem = Optional.of(text);
    return !before.equals(problem);
  }

  void noProblem() {
    problem = Optional.empty();
  }

  void honoursConditions(boolean honours) {
    honoursConditions = honours;
  }

  boolean isEmpty() {
    return look.isEmpty();
  }

  boolean isOutage() {
    return look.map(Look::outage).orElse(false);
  }

  boolean isBehind() {
    return look.map(Look::lag).orElse(0L) > 0;
  }

  DatabaseStatus status(Path database, ShipperState state, long nowMillis) {
    Optional<Look> now = look;
    long lag = now.map(Look::lag).orElse(0L);
    long lagMillis =
        now.flatMap(Look::oldestMillis).map(oldest -> Math.max(0, nowMillis - oldest)).orElse(0L);
    return new DatabaseStatus(
        database,
        now.map(Look::captured),
        now.map(Look::captured),
        now.map(Look::stored),
        lag == 0 ? 0 : lagMillis,
        lag,
        now.map(Look::walBytes).orElse(0L),
        now.map(Look::spoolBytes).orElse(0L),
        honoursConditions,
        state,
        problem.or(() -> now.flatMap(Look::problem)),
        now.map(Look::audit).orElse(AuditStatus.NONE));
  }
}
