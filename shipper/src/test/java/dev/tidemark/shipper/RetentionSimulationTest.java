package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// As [SimulationTest], with most of each run about those who maintain the log.
class RetentionSimulationTest {
  private static final int SEEDS = 200;

  @Test
  void nothingPromisedIsDeletedAndCoversHoldWhatTheLogHolds() {
    LongStream.rangeClosed(1, SEEDS).parallel().forEach(Simulation::runRetention);
  }

  @Test
  void theSameSeedIsTheSameRun() {
    for (long seed = 1; seed <= 10; seed++) {
      assertThat(Simulation.runRetention(seed)).isEqualTo(Simulation.runRetention(seed));
    }
  }
}
