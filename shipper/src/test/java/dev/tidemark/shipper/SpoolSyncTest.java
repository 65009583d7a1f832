package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpoolSyncTest {
  private static final long INTERVAL = Duration.ofMillis(100).toNanos();
  private static final long START = 1_000;

  @Test
  void intervalOfZeroSyncsEveryBatch() {
    SpoolSync sync = new SpoolSync(Optional.of(Duration.ZERO), START);
    assertThat(sync.isDue(START, false, false)).isTrue();
    assertThat(sync.isDue(START, false, false)).isTrue();
  }

  @Test
  void batchesShareASyncWithinAnInterval() {
    SpoolSync sync = new SpoolSync(Optional.of(Duration.ofNanos(INTERVAL)), START);
    assertThat(sync.isDue(START + INTERVAL - 1, false, false)).isFalse();
    assertThat(sync.isDue(START + INTERVAL, false, false)).isTrue();
    assertThat(sync.isDue(START + 2 * INTERVAL - 1, false, false)).isFalse();
    assertThat(sync.isDue(START + 2 * INTERVAL, false, false)).isTrue();
  }

  @Test
  void whoeverWaitsGetsASyncAtOnceAndTheIntervalBeginsAnew() {
    SpoolSync sync = new SpoolSync(Optional.of(Duration.ofNanos(INTERVAL)), START);
    assertThat(sync.isDue(START + INTERVAL - 1, true, false)).isTrue();
    assertThat(sync.isDue(START + INTERVAL, false, false)).isFalse();
    assertThat(sync.isDue(START + 2 * INTERVAL - 1, false, false)).isTrue();
  }

  @Test
  void withoutAnIntervalOnlyWhoeverWaitsGetsOne() {
    SpoolSync sync = new SpoolSync(Optional.empty(), START);
    assertThat(sync.isDue(START + 1_000 * INTERVAL, false, false)).isFalse();
    assertThat(sync.isDue(START + 1_000 * INTERVAL, true, false)).isTrue();
  }

  @Test
  void whatASegmentIsAboutToBeMadeOfIsSyncedWithTheSegment() {
    SpoolSync sync = new SpoolSync(Optional.of(Duration.ZERO), START);
    assertThat(sync.isDue(START, false, true)).isFalse();
    assertThat(sync.isDue(START, true, true)).isTrue();
  }
}
