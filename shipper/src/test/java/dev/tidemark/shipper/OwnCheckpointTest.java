package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnCheckpointTest {
  private static final long LARGE = OwnCheckpoint.WAL_BYTES;
  private static final long PATIENCE = OwnCheckpoint.PATIENCE_NANOS;
  private static final long START = 1_000;

  private final OwnCheckpoint checkpoints = new OwnCheckpoint();

  @Test
  void isDueWhenALargeWalWasLeftAloneForLong() {
    assertThat(checkpoints.isDue(START, LARGE, 10, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + PATIENCE - 1, LARGE, 10, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + PATIENCE, LARGE, 10, 9_500)).isTrue();
  }

  @Test
  void isDueAgainOnlyAfterAnotherWait() {
    checkpoints.isDue(START, LARGE, 10, 9_000);
    assertThat(checkpoints.isDue(START + PATIENCE, LARGE, 10, 9_000)).isTrue();
    assertThat(checkpoints.isDue(START + PATIENCE + 1, LARGE, 10, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + 2 * PATIENCE, LARGE, 10, 9_000)).isTrue();
  }

  @Test
  void smallWalIsLeftAlone() {
    checkpoints.isDue(START, LARGE - 1, 10, 8_000);
    assertThat(checkpoints.isDue(START + 2 * PATIENCE, LARGE - 1, 10, 8_000)).isFalse();
  }

  @Test
  void smallWalThatGrowsIsWaitedForFromThen() {
    checkpoints.isDue(START, LARGE - 1, 10, 8_000);
    checkpoints.isDue(START + PATIENCE, LARGE - 1, 10, 8_000);
    assertThat(checkpoints.isDue(START + PATIENCE + 1, LARGE, 10, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + 2 * PATIENCE, LARGE, 10, 9_000)).isTrue();
  }

  @Test
  void checkpointOfSomebodyElseBeginsTheWaitAnew() {
    checkpoints.isDue(START, LARGE, 10, 9_000);
    assertThat(checkpoints.isDue(START + PATIENCE, LARGE, 20, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + 2 * PATIENCE - 1, LARGE, 20, 9_000)).isFalse();
    assertThat(checkpoints.isDue(START + 2 * PATIENCE, LARGE, 20, 9_000)).isTrue();
  }

  @Test
  void whatIsBackfilledNeedsNoCheckpoint() {
    checkpoints.isDue(START, LARGE, 9_000, 9_000);
    assertThat(checkpoints.isDue(START + 2 * PATIENCE, LARGE, 9_000, 9_000)).isFalse();
  }
}
