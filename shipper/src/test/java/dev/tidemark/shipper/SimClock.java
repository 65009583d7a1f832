package dev.tidemark.shipper;

import java.time.Instant;
import java.util.function.LongSupplier;

/// The wall clock of a machine: of its daemons, and of the times of its files. It may be wrong.
final class SimClock implements LongSupplier {
  private final LongSupplier nanos;
  private long wrongByMillis;

  /// `nanos`: since the world began.
  SimClock(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void wrongBy(long millis) {
    wrongByMillis = millis;
  }

  Instant instant() {
    return SimMachine.START.plusNanos(nanos.getAsLong()).plusMillis(wrongByMillis);
  }

  @Override
  public long getAsLong() {
    return instant().toEpochMilli();
  }
}
