package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlingTest {
  private static final long STEP_NANOS = 250_000L;
  private static final long END_NANOS = 120_000_000_000L;

  private final Settling settling = new Settling();

  @Test
  void nothingIsDueBeforeItBegins() {
    assertThat(settling.isDue(END_NANOS)).isFalse();
  }

  @Test
  void triesComeWithGrowingPausesAndEnd() {
    long start = Long.MAX_VALUE - 5;
    settling.begin(start);
    List<Long> tries = new ArrayList<>();
    long last = 0;
    for (long passed = 0; passed < END_NANOS; passed += STEP_NANOS) {
      if (settling.isDue(start + passed)) {
        settling.tried(start + passed);
        tries.add(passed - last);
        last = passed;
      }
    }

    assertThat(tries).hasSize(Settling.TRIES).isSorted().doesNotHaveDuplicates();
    assertThat(tries.getFirst()).isEqualTo(Settling.FIRST_PAUSE_NANOS);
    assertThat(last)
        .as("longer than any checkpoint takes to let go")
        .isGreaterThan(30_000_000_000L);
  }

  @Test
  void endLeavesNothingDueUntilTheNextBeginning() {
    settling.begin(0);
    settling.end();
    assertThat(settling.isDue(END_NANOS)).isFalse();

    settling.begin(END_NANOS);
    assertThat(settling.isDue(END_NANOS + Settling.FIRST_PAUSE_NANOS)).isTrue();
  }
}
