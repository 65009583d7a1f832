package dev.tidemark.cli.kill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DaemonStepTest {
  @ParameterizedTest
  @EnumSource(DaemonStep.class)
  void liesInTheCode(DaemonStep step) throws Exception {
    assertThat(StepCode.of(step)).as("%s.%s", step.type(), step.method()).isNotEmpty();
  }
}
