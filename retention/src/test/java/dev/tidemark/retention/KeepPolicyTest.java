package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepPolicyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "transactions=24h,hourly=7d,daily=30d",
        "transactions=0s",
        "transactions=90s,yearly=10y,monthly=90d,weekly=8h"
      })
  void printsWhatItReads(String text) {
    assertThat(KeepPolicy.parse(text)).hasToString(text);
  }

  @Test
  void keepsNoTransactionForItsOwnSakeUnlessToldTo() {
    assertThat(KeepPolicy.parse("daily=30d")).hasToString("transactions=0s,daily=30d");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|0|is not of the form",
        "hourly|0|is not of the form",
        "daily=30d,all|10|'all' stands alone",
        "hourly=7d,|10|is not of the form",
        "hourly=7|7|'7' is not a duration",
        "hourly=7d,hourly=8d|10|'hourly' is there twice",
        "transactions=1h,transactions=1h|16|'transactions' is there twice",
        "houry=7d|0|did you mean hourly?",
        "transaction=1d|0|did you mean transactions?",
        "daily=30d,Weekly=4w|10|did you mean weekly?",
        "often=1d|0|'often' is not one of transactions, hourly, daily, weekly, monthly, yearly"
      })
  void refusesWithThePlaceAndAHint(String text, int at, String reason) {
    assertThatThrownBy(() -> KeepPolicy.parse(text))
        .isInstanceOfSatisfying(RefusedTextException.class, e -> assertThat(e.at()).isEqualTo(at))
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "HOURLY,2026-01-31T10:00:00Z,2026-01-31T10:59:59.999Z,2026-01-31T10",
    "DAILY,2026-01-31T00:00:00Z,2026-01-31T23:59:59.999Z,2026-01-31",
    "WEEKLY,2025-12-29T00:00:00Z,2026-01-04T23:59:59.999Z,2026-W01",
    "MONTHLY,2026-02-01T00:00:00Z,2026-02-28T23:59:59.999Z,2026-02",
    "YEARLY,2026-01-01T00:00:00Z,2026-12-31T23:59:59.999Z,2026"
  })
  void bucketsAreThoseOfTheCalendarInUtc(
      Granularity unit, Instant first, Instant last, String name) {
    assertThat(unit.bucket(first)).isEqualTo(unit.bucket(last));
    assertThat(unit.bucket(last.plusMillis(1))).isEqualTo(unit.bucket(first) + 1);
    assertThat(unit.bucket(first.minusMillis(1))).isEqualTo(unit.bucket(first) - 1);
    assertThat(unit.name(last)).isEqualTo(name);
    assertThat(unit.name(first)).isEqualTo(name);
  }
}
