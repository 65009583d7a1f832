package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelsTest {
  @Test
  void readsWhatItPrints() {
    assertThat(Levels.parse("30s,5m,1h")).isEqualTo(Levels.DEFAULT);
    assertThat(Levels.DEFAULT).hasToString("30s,5m,1h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|0|is not a duration",
        "30s,|4|is not a duration",
        "30s,soon|4|'soon' is not a duration",
        "0s|0|at least one",
        "0.5ms|0|whole milliseconds",
        "30s,45s|4|45s is no multiple of the window before, 30s",
        "1h,30s|3|30s is no multiple of the window before, 1h",
        "30s,30s|4|windows must nest",
        "1s,2s,4s,8s,16s,32s,64s,128s,256s|29|at most 8"
      })
  void refusesWithThePlace(String text, int at, String reason) {
    assertThatThrownBy(() -> Levels.parse(text))
        .isInstanceOfSatisfying(RefusedTextException.class, e -> assertThat(e.at()).isEqualTo(at))
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "'30s,5m,1h', 24, 74",
    "'30s,5m,1h', 6, 56",
    "'1h', 24, 3624",
    "'1h,24h', 24, 3624",
    "'30s,5m,1h', 36, 86",
  })
  void boundsHowManyObjectsLeadToAPosition(String levels, int snapshotHours, long objects) {
    assertThat(Levels.parse(levels).planMax(Duration.ofHours(snapshotHours), Duration.ofSeconds(1)))
        .isEqualTo(objects);
  }

  @Test
  void alignsWindowsToTheEpoch() {
    Instant time = Instant.parse("2026-01-31T10:59:59.999Z");
    assertThat(Levels.DEFAULT.windowEnd(3, time)).isEqualTo(Instant.parse("2026-01-31T11:00:00Z"));
    assertThat(Levels.DEFAULT.windowEnd(1, Instant.parse("2026-01-31T11:00:00Z")))
        .isEqualTo(Instant.parse("2026-01-31T11:00:30Z"));
    assertThat(Levels.DEFAULT.windowEnd(3, Instant.ofEpochMilli(-1))).isEqualTo(Instant.EPOCH);
  }
}
