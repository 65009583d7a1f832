package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofBudgetTest {
  private static final long MIB = 1L << 20;
  private static final long DAY = Duration.ofDays(1).toNanos();

  private record Taken(long at, long bytes) {}

  @ParameterizedTest
  @ValueSource(longs = {64 * MIB, 240 * MIB, 10 * 1024 * MIB})
  void givesInNo24HoursMoreThanADay(long perDay) {
    long seed = perDay + 3;
    Random random = new Random(seed);
    ProofBudget budget = new ProofBudget(perDay, 0);
    Deque<Taken> window = new ArrayDeque<>();
    long inWindow = 0;
    long all = 0;
    long now = 0;
    while (now < 4 * DAY) {
      long bytes = 1 + random.nextLong(MIB);
      Duration wait = budget.take(bytes, now);
      if (wait.isPositive()) {
        now += wait.toNanos();
        continue;
      }
      window.add(new Taken(now, bytes));
      inWindow += bytes;
      all += bytes;
      while (window.getFirst().at() <= now - DAY) {
        inWindow -= window.remove().bytes();
      }
      assertThat(inWindow)
          .as("at %s, seed %d", Duration.ofNanos(now), seed)
          .isLessThanOrEqualTo(perDay);
      if (random.nextInt(2_000) == 0) {
        now += random.nextLong(DAY / 4);
      }
    }
    assertThat(all).as("is of use, seed " + seed).isGreaterThan(perDay);
  }

  @Test
  void givesAnHoursShareAtOnceAndTheRestEvenly() {
    ProofBudget budget = new ProofBudget(240 * MIB, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(budget.take(MIB, 5)).as("MiB " + i).isEqualTo(Duration.ZERO);
    }
    Duration wait = budget.take(MIB, 5);
    assertThat(wait)
        .isBetween(Duration.ofDays(1).dividedBy(231), Duration.ofDays(1).dividedBy(229));
    assertThat(budget.take(MIB, 5 + wait.toNanos() / 2).toNanos())
        .isBetween(wait.toNanos() / 2 - 2, wait.toNanos() / 2 + 2);
    assertThat(budget.take(MIB, 5 + wait.toNanos())).isEqualTo(Duration.ZERO);
    assertThat(budget.take(MIB, 5 + wait.toNanos()).isPositive()).isTrue();
  }

  @Test
  void takesBackWhatWasNotRead() {
    ProofBudget budget = new ProofBudget(240 * MIB, 0);
    assertThat(budget.take(10 * MIB, 0)).isEqualTo(Duration.ZERO);
    budget.giveBack(MIB);
    assertThat(budget.take(MIB, 0)).isEqualTo(Duration.ZERO);
    budget.giveBack(1000 * MIB);
    assertThat(budget.take(10 * MIB, 0)).isEqualTo(Duration.ZERO);
    assertThat(budget.take(MIB, 0).isPositive()).as("no more than a share").isTrue();
  }

  @Test
  void aRequestAboveAShareIsPaidForAfterwards() {
    ProofBudget budget = new ProofBudget(240 * MIB, 0);
    assertThat(budget.take(30 * MIB, 0)).isEqualTo(Duration.ZERO);
    assertThat(budget.take(MIB, 0)).isGreaterThan(Duration.ofHours(2));
  }

  @Test
  void refusesWhatWouldProveNothing() {
    assertThatThrownBy(() -> DaemonConfig.prove("10MiB")).hasMessageContaining("at least 64MiB");
    assertThat(DaemonConfig.prove("off")).isEmpty();
    assertThat(DaemonConfig.prove("10GiB")).contains(10L << 30);
  }
}
