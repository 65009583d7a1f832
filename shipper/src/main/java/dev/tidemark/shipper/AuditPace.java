package dev.tidemark.shipper;

import java.time.Duration;
import java.util.Optional;

/// When the self-audit of one database reads, as pure decisions: pages at the pace that the budget
/// gives, and a pass as long after the one before as the interval says. An empty interval: never.
/// Times are readings of one clock in nanoseconds.
final class AuditPace {
  private final Optional<Duration> interval;
  private final IoBudget budget;
  private Optional<Long> paid = Optional.empty();
  private Optional<Long> next = Optional.empty();

  AuditPace(Optional<Duration> interval, IoBudget budget) {
    this.interval = interval;
    this.budget = budget;
  }

  /// When to read next, if ever.
  Optional<Long> next() {
    return next;
  }

  boolean isDue(long now) {
    return next.isPresent() && now - next.get() >= 0;
  }

  /// So many bytes were read, or are to be read soon: the next ones after that.
  void goOn(long now, long bytes) {
    if (interval.isPresent()) {
      paid = Optional.of(budget.after(now, bytes));
      next = paid;
    }
  }

  /// Everything is proven as of now.
  void rest(long now) {
    interval.ifPresent(pause -> pause(now, pause));
  }

  /// Not before a while has passed; what was read last has to be paid for all the same.
  void pause(long now, Duration pause) {
    long after = now + pause.toNanos();
    next = interval.map(_ -> paid.filter(until -> until - after > 0).orElse(after));
  }

  /// There is nothing to read.
  void stop() {
    next = Optional.empty();
  }
}
