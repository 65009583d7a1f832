package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What must always hold, holds in many simulated runs. A failure names its seed.
class SimulationTest {
  private static final int SEEDS = 300;

  @Test
  void nothingIsLostAndNothingIsMadeUp() {
    LongStream.rangeClosed(1, SEEDS).parallel().forEach(Simulation::run);
  }

  @Test
  void theSameSeedIsTheSameRun() {
    assertThat(Simulation.run(4_711)).isEqualTo(Simulation.run(4_711));
  }
}
