package dev.tidemark.store.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// When a busy application commits, and when a writer uploads that: a job at night and nothing
/// else, bursts by day, most of them around noon, less at weekends. All follows from the seed.
/// Every week is like every other, so that their days can be compared.
public final class BusyDays {
  /// The commits of one segment, and when it is stored.
  public record Upload(Instant at, List<Instant> commits) {
    public Upload {
      commits = List.copyOf(commits);
    }
  }

  private static final int[] WEEK = {5, 5, 5, 5, 5, 2, 1};
  private static final int WEEK_WEIGHT = 28;
  private static final int[] HOURS = {
    0, 0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 9, 6, 8, 10, 10, 8, 6, 4, 3, 2, 2, 1, 1
  };
  private static final int HOURS_WEIGHT = 99;
  private static final int HOUR_MILLIS = 3_600_000;

  /// So that all of a day is stored before midnight.
  private static final int LAST_MILLIS = 24 * HOUR_MILLIS - 2_000;

  private static final int JOB_HOUR = 2;
  private static final int JOB_SHARE = 20;
  private static final int JOB_GAP_MILLIS = 20;
  private static final int BURST = 12;
  private static final int LONG_BURST = 120;
  private static final int GAP_MILLIS = 600;

  /// A writer puts at most one segment a second.
  private static final int UPLOAD_MILLIS = 1_000;

  private final long seed;
  private final Instant start;
  private final int days;
  private final long commits;

  /// So many commits in so many days; `start` is midnight, before a Monday.
  public BusyDays(long seed, Instant start, int days, long commits) {
    this.seed = seed;
    this.start = start;
    this.days = days;
    this.commits = commits;
  }

  public Instant midnight(int day) {
    return start.plusMillis(24L * HOUR_MILLIS * day);
  }

  /// Day 0 is the first one.
  public List<Upload> day(int day) {
    List<Upload> uploads = new ArrayList<>();
    List<Long> times = times(day);
    long free = 0;
    int next = 0;
    while (next < times.size()) {
      long at = Math.max(times.get(next), free);
      List<Instant> commits = new ArrayList<>();
      while (next < times.size() && times.get(next) <= at) {
        commits.add(midnight(day).plusMillis(times.get(next++)));
      }
      uploads.add(new Upload(midnight(day).plusMillis(at), commits));
      free = at + UPLOAD_MILLIS;
    }
    return uploads;
  }

  /// Milliseconds after midnight, ascending.
  private List<Long> times(int day) {
    Random random = new Random(31 * seed + day % WEEK.length);
    long count = until(day + 1) - until(day);
    List<Long> times = new ArrayList<>();
    for (long i = 0; i < count / JOB_SHARE; i++) {
      times.add((long) JOB_HOUR * HOUR_MILLIS + JOB_GAP_MILLIS * i);
    }
    while (times.size() < count) {
      long at = (long) hour(random) * HOUR_MILLIS + random.nextInt(HOUR_MILLIS);
      int mean = random.nextInt(LONG_BURST / BURST) == 0 ? LONG_BURST : BURST;
      for (int left = 1 + random.nextInt(2 * mean); left > 0 && times.size() < count; left--) {
        times.add(Math.min(at, LAST_MILLIS));
        at += 1 + random.nextInt(GAP_MILLIS);
      }
    }
    times.sort(Long::compare);
    return times;
  }

  private static int hour(Random random) {
    int left = random.nextInt(HOURS_WEIGHT);
    int hour = 0;
    while (left >= HOURS[hour]) {
      left -= HOURS[hour++];
    }
    return hour;
  }

  /// How many commits there were before a day.
  private long until(int day) {
    return commits * weight(day) / weight(days);
  }

  private static long weight(int day) {
    long weight = (long) (day / WEEK.length) * WEEK_WEIGHT;
    for (int i = 0; i < day % WEEK.length; i++) {
      weight += WEEK[i];
    }
    return weight;
  }
}
