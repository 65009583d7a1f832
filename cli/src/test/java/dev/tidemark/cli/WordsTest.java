package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Txid;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "0s,PT0S",
    "500ms,PT0.5S",
    "10s,PT10S",
    "1.5s,PT1.5S",
    "5m,PT5M",
    "36h,PT36H",
    "7d,PT168H",
    "2w,PT336H",
    "1mo,PT720H",
    "1y,PT8760H"
  })
  void readsDurations(String text, Duration expected) {
    assertThat(Words.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "-1s", "1 s", "1M", "1S", "1h30m", "300y", "99999999999999999999s"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Words.duration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void readsATxidOfSixteenDigits() {
    assertThat(Words.txid("00000000000000ff")).isEqualTo(new Txid(255));
  }

  @Test
  void offersTheFullFormOfAShortTxid() {
    assertThatThrownBy(() -> Words.txid("1f"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("000000000000001f");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0000000000000000", "000000000000000g", "00000000000000000", "ffffffffffffffff"})
  void refusesWhatIsNoTxid(String text) {
    assertThatThrownBy(() -> Words.txid(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAPositionWithAHint() {
    assertThatThrownBy(() -> Words.position("0000000000000001"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("log URL");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z,2026-01-31T12:00:00Z",
    "2026-01-31T13:00:00+01:00,2026-01-31T12:00:00Z",
    "2026-01-31 12:00:00.250Z,2026-01-31T12:00:00.250Z",
    "2026-01-31t12:00:00z,2026-01-31T12:00:00Z"
  })
  void readsTimes(String text, Instant expected) {
    assertThat(Words.time(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-31", "2026-01-31T12:00:00", "yesterday", "1700000000"})
  void refusesATimeWithoutZone(String text) {
    assertThatThrownBy(() -> Words.time(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2026-01-31T12:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "4096,4096",
    "0,0",
    "500MB,500000000",
    "1GiB,1073741824",
    "1G,1000000000",
    "2K,2000",
    "3 KiB,3072"
  })
  void readsSizes(String text, long expected) {
    assertThat(Words.size(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5GB", "1PB", "99999999999TiB", "99999999999999999999"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> Words.size(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
