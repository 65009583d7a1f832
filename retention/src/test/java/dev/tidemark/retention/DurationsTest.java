package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0s,0s",
    "500ms,500ms",
    "1.5s,1500ms",
    "90s,90s",
    "60s,1m",
    "24h,24h",
    "1d,24h",
    "36h,36h",
    "7d,7d",
    "1w,7d",
    "30d,30d",
    "1mo,30d",
    "365d,1y",
    "2y,2y",
    "0.5ms,0.5ms"
  })
  void printsWholeUnits(String text, String printed) {
    assertThat(Durations.print(Durations.parse(text))).isEqualTo(printed);
  }

  @Test
  void readsWhatItPrints() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 62)));
      assertThat(Durations.parse(Durations.print(duration))).isEqualTo(duration);
    }
  }

  @Test
  void refusesWhatIsNoDuration() {
    assertThatThrownBy(() -> Durations.parse("5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'5' is not a duration");
  }
}
