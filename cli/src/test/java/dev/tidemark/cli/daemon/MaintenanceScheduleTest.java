package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Intervals of 5 minutes; windows are over after 60.
class MaintenanceScheduleTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final MaintenanceSchedule schedule =
      new MaintenanceSchedule(Duration.ofMinutes(5), Duration.ofMinutes(60), 0);

  private static Optional<Position> stored(int txid) {
    return Optional.of(Position.parse("%016x/8000000000000000".formatted(txid)));
  }

  @Test
  void neverRunsBeforeAnythingIsKnownToBeStored() {
    assertThat(runs(0, 600, _ -> Optional.empty())).isEmpty();
  }

  @Test
  void runsForWhatTheStartFoundAndOnceMoreWhenItsWindowsAreOver() {
    assertThat(runs(0, 2_000, _ -> stored(1))).containsExactly(5L, 60L);
  }

  @Test
  void runsAtIntervalsWhileSomethingIsStored() {
    assertThat(runs(0, 21, minute -> stored((int) minute + 1))).containsExactly(5L, 10L, 15L, 20L);
  }

  @Test
  void whatIsStoredLaterCountsAnew() {
    assertThat(runs(0, 100, _ -> stored(1))).containsExactly(5L, 60L);
    assertThat(runs(100, 300, _ -> stored(2))).containsExactly(100L, 160L);
  }

  @Test
  void aFailedRunIsRepeatedAfterTheInterval() {
    assertThat(schedule.isDue(stored(1), 5 * MINUTE)).isTrue();
    schedule.ended(false, 5 * MINUTE, 8 * MINUTE);
    assertThat(schedule.isDue(stored(1), 12 * MINUTE)).isFalse();
    assertThat(schedule.isDue(stored(1), 13 * MINUTE)).isTrue();
  }

  @Test
  void whatIsStoredDuringARunIsNew() {
    assertThat(schedule.isDue(stored(1), 70 * MINUTE)).isTrue();
    schedule.ended(true, 70 * MINUTE, 72 * MINUTE);
    assertThat(schedule.isDue(stored(2), 76 * MINUTE)).isFalse();
    assertThat(schedule.isDue(stored(2), 77 * MINUTE)).isTrue();
  }

  private interface Log {
    Optional<Position> at(long minute);
  }

  /// The minutes in which a run of no length begins.
  private List<Long> runs(long from, long to, Log log) {
    List<Long> runs = new ArrayList<>();
    for (long minute = from; minute < to; minute++) {
      long now = minute * MINUTE;
      if (schedule.isDue(log.at(minute), now)) {
        runs.add(minute);
        schedule.ended(true, now, now);
      }
    }
    return runs;
  }
}
