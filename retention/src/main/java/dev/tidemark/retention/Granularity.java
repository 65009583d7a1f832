package dev.tidemark.retention;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// In which buckets of time a rule of the policy keeps one position. All in UTC; a week is an ISO
/// week, from Monday on.
public enum Granularity {
  HOURLY,
  DAILY,
  WEEKLY,
  MONTHLY,
  YEARLY;

  private static final int HOUR_SECONDS = 3600;
  private static final int MONDAY_BEFORE_EPOCH = 3;

  /// The number of the bucket; later buckets have higher ones.
  public long bucket(Instant time) {
    LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
    return switch (this) {
      case HOURLY -> Math.floorDiv(time.getEpochSecond(), HOUR_SECONDS);
      case DAILY -> day.toEpochDay();
      case WEEKLY -> Math.floorDiv(day.toEpochDay() + MONDAY_BEFORE_EPOCH, 7);
      case MONTHLY -> day.getYear() * 12L + day.getMonthValue();
      case YEARLY -> day.getYear();
    };
  }

  /// The bucket's name for people: `2026-01-31T10`, `2026-01-31`, `2026-W05`, `2026-01`, `2026`.
  public String name(Instant time) {
    LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
    return switch (this) {
      case HOURLY -> day + "T" + two(time.atZone(ZoneOffset.UTC).getHour());
      case DAILY -> day.toString();
      case WEEKLY ->
          day.get(IsoFields.WEEK_BASED_YEAR)
              + "-W"
              + two(day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case MONTHLY -> day.getYear() + "-" + two(day.getMonthValue());
      case YEARLY -> String.valueOf(day.getYear());
    };
  }

  private static String two(int number) {
    return (number < 10 ? "0" : "") + number;
  }

  /// The word in a policy.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
