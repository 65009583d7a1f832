package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AuditPaceTest {
  private static final long SECOND = 1_000_000_000L;

  private final IoBudget budget = new IoBudget(1_000);

  private AuditPace every(Duration interval) {
    return new AuditPace(Optional.of(interval), budget);
  }

  @Test
  void readsNoMoreThanTheBudgetHoweverOftenItIsAsked() {
    AuditPace pace = every(Duration.ZERO);
    long begin = -5 * SECOND;
    pace.goOn(begin, 100);
    long bytes = 0;
    for (long now = begin; now < begin + 10 * SECOND; now += 1_000_000) {
      if (pace.isDue(now)) {
        bytes += 100;
        pace.goOn(now, 100);
      }
    }
    assertThat(bytes).isBetween(9_500L, 10_000L);
  }

  @Test
  void allDatabasesShareTheBudgetAndTakeTurns() {
    List<AuditPace> paces = new ArrayList<>();
    List<Long> read = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      paces.add(every(Duration.ofSeconds(i)));
      paces.getLast().goOn(0, 100);
      read.add(0L);
    }
    for (long now = 0; now < 60 * SECOND; now += 1_000_000) {
      for (int i = 0; i < paces.size(); i++) {
        if (paces.get(i).isDue(now)) {
          read.set(i, read.get(i) + 100);
          paces.get(i).goOn(now, 100);
        }
      }
    }
    assertThat(read.stream().mapToLong(Long::longValue).sum()).isBetween(59_000L, 60_000L);
    assertThat(read).allSatisfy(bytes -> assertThat(bytes).isBetween(2_800L, 3_100L));
  }

  @Test
  void whatWasNotReadInAPauseIsNotReadLater() {
    SplittableRandom random = new SplittableRandom(1);
    long now = 0;
    for (int i = 0; i < 1_000; i++) {
      now += random.nextLong(100 * SECOND);
      long after = budget.after(now, 500);
      assertThat(after).isEqualTo(now + SECOND / 2);
      now = after;
    }
  }

  @Test
  void restsForTheIntervalAfterAPass() {
    AuditPace pace = every(Duration.ofHours(24));
    pace.rest(7);
    assertThat(pace.next()).contains(7 + 24 * 3600 * SECOND);
    assertThat(pace.isDue(6 + 24 * 3600 * SECOND)).isFalse();
    assertThat(pace.isDue(7 + 24 * 3600 * SECOND)).isTrue();
  }

  @Test
  void passAfterPassOfASmallDatabaseStaysWithinTheBudget() {
    AuditPace pace = every(Duration.ZERO);
    pace.goOn(0, 100);
    long bytes = 0;
    for (long now = 0; now < 10 * SECOND; now += 1_000_000) {
      if (pace.isDue(now)) {
        bytes += 100;
        pace.goOn(now, 100);
        pace.rest(now);
      }
    }
    assertThat(bytes).isBetween(9_500L, 10_000L);
  }

  @Test
  void goesOnAfterAPauseThatIsOverBeforeItsTime() {
    AuditPace pace = every(Duration.ZERO);
    pace.goOn(0, 100);
    pace.pause(0, Duration.ofMinutes(1));
    assertThat(pace.isDue(59 * SECOND)).isFalse();
    pace.rest(SECOND);
    assertThat(pace.isDue(SECOND)).isTrue();
  }

  @Test
  void neverIsDueWhenSwitchedOff() {
    AuditPace pace = new AuditPace(Optional.empty(), budget);
    pace.goOn(0, 100);
    pace.rest(0);
    pace.pause(0, Duration.ZERO);
    assertThat(pace.next()).isEmpty();
    assertThat(pace.isDue(Long.MAX_VALUE)).isFalse();
  }
}
