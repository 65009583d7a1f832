package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.nio.file.Path;
import java.util.Optional;

/// What is known of one database, for whoever asks from another thread: the last look, and what
/// keeps it from doing its work.
final class StatusBoard {
  private volatile Optional<Look> look = Optional.empty();
  private volatile Optional<String> problem = Optional.empty();
  private volatile Optional<WriterMode> mode = Optional.empty();

  /// What one step left.
  private record Look(
      Position captured,
      long uncaptured,
      Position stored,
      Optional<Long> oldestMillis,
      long walBytes,
      long spoolBytes,
      boolean outage,
      Optional<String> problem) {
    long lag() {
      return captured.txid().value() - stored.txid().value() + uncaptured;
    }
  }

  /// `nowMillis`: the wall clock's.
  void publish(Shipping ship, long nowMillis) {
    long uncaptured = ship.capture().map(it -> it.wal().backlogTransactions()).orElse(0L);
    Optional<Long> uncapturedSince =
        Optional.of(nowMillis - ship.waitingMillis()).filter(_ -> uncaptured > 0);
    look =
        Optional.of(
            new Look(
                ship.captured(),
                uncaptured,
                ship.delivery().stored(),
                ship.spool().oldestTimestampMillis().or(() -> uncapturedSince),
                ship.capture().map(it -> it.wal().bytes()).orElse(0L),
                ship.spool().bytes(),
                ship.delivery().isOutage(),
                ship.problem()));
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

  void mode(WriterMode found) {
    mode = Optional.of(found);
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
        mode,
        state,
        problem.or(() -> now.flatMap(Look::problem)));
  }
}
