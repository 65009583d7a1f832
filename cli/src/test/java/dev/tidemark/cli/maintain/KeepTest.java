package dev.tidemark.cli.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.retention.KeepPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepTest {
  @ParameterizedTest
  @ValueSource(strings = {"hourly=7d", "hourly=7d,daily=30d"})
  void aPolicyThatNamesNoTransactionsIsWarnedOf(String text) {
    assertThat(Keep.parse(text).warning().orElseThrow())
        .contains("'" + text + "'", "transactions=24h", "transactions=0s")
        .hasLineCount(1);
    assertThat(Keep.parse(text).policy()).isEqualTo(KeepPolicy.parse(text));
  }

  @Test
  void whoNamesThemMeansIt() {
    for (String text :
        new String[] {"all", "transactions=0s,hourly=7d", "daily=3d,transactions=1h"}) {
      assertThat(Keep.parse(text).warning()).as(text).isEmpty();
    }
  }
}
