package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.testing.BusyDays;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A log that lives long: what is stored, what a restore reads, and what a day's maintenance costs
/// follow from levels, policy and what happened lately, not from the age of the log. Twenty
/// thousand transactions in sixty days; `ci/history` does it with a million in a year.
class LongHistoryTest {
  private static final long SEED = Long.getLong("history.seed", 1);
  private static final Instant START = MaintainRig.START;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int DAYS = 60;
  private static final long COMMITS = 20_000;

  /// A snapshot, and all but the last file of its day.
  private static final int NODE_MAX = 24;

  private static final long LADDER = Levels.DEFAULT.planMax(DAY, SECOND);

  /// When everything that a month keeps is there, and three weeks later.
  private static final int EARLY = 35;

  private static final int LATE = 56 - 7;
  private static final int WEEK = 7;

  @TempDir Path scratch;

  private final List<Integer> plans = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transactions=24h,hourly=7d,daily=30d",
        "transactions=24h,hourly=7d,daily=14d,monthly=1y"
      })
  void nothingGrowsWithTheAgeOfTheLog(String policy) throws Exception {
    BusyDays days = new BusyDays(SEED, START, DAYS, COMMITS);
    MaintainOptions options = MaintainRig.keep(policy, RetentionSettings.DEFAULT);
    LongLife life = new LongLife(SEED, scratch, options);
    List<LongLife.Work> works = new ArrayList<>();
    for (int day = 0; day < DAYS; day++) {
      for (BusyDays.Upload upload : days.day(day)) {
        life.ship(upload);
      }
      life.log.at(days.midnight(day + 1).plus(Duration.ofMinutes(10)));
      LongLife.Work work = life.maintain();
      works.add(work);
      life.assertBounded(DAY);
      assertThat(work.requests())
          .as("-Dhistory.seed=%d, day %d: %s", SEED, day, work)
          .isLessThanOrEqualTo(3 * work.segments() + 3L * life.covers() + 100);
      positions(life, policy.contains("monthly") ? 14 : 30);
    }
    assertThat(plans.stream().sorted().toList().get(plans.size() / 2)).isLessThanOrEqualTo(40);
    for (int day = 0; day < WEEK; day++) {
      assertSameWork(works.get(EARLY + day), works.get(LATE + day));
    }
  }

  /// Weeks are alike, but for what is in the pages.
  private static void assertSameWork(LongLife.Work early, LongLife.Work late) {
    String figures = "-Dhistory.seed=%d: %s, later %s".formatted(SEED, early, late);
    assertThat(Math.abs(late.segments() - early.segments())).as(figures).isLessThanOrEqualTo(1);
    assertThat(late.requests()).as(figures).isLessThanOrEqualTo(early.requests() + 10);
    assertThat(late.bytesDown()).as(figures).isLessThanOrEqualTo(early.bytesDown() * 5 / 4);
    assertThat(late.bytesUp()).as(figures).isLessThanOrEqualTo(early.bytesUp() * 5 / 4);
  }

  /// Some of those that are promised: of the last day, of each of these days, of the last hours.
  private void positions(LongLife life, int days) throws Exception {
    Instant now = life.log.now();
    int boundary = life.boundary();
    for (int i = 0; i < 4; i++) {
      int txid = boundary + 1 + life.random.nextInt(life.head() - boundary);
      SortedMap<Integer, Instant> before = life.log.hourEnds().headMap(txid);
      int inHour = life.segments(before.isEmpty() ? 0 : before.lastKey(), txid);
      check(life, txid, NODE_MAX + inHour, i == 0);
    }
    Duration week = Duration.ofDays(WEEK);
    Duration kept = Duration.ofDays(days);
    for (int i = 0; i < 4; i++) {
      Instant hour = now.minus(any(life, week)).truncatedTo(ChronoUnit.HOURS);
      check(life, lastBefore(life, hour, now.minus(week)), NODE_MAX, i == 0);
      Instant day = now.minus(any(life, kept)).truncatedTo(ChronoUnit.DAYS);
      check(life, lastBefore(life, day, now.minus(kept)), 1, i == 0);
    }
  }

  private static Duration any(LongLife life, Duration span) {
    return Duration.ofMillis(life.random.nextLong(span.toMillis()));
  }

  /// The last transaction before the end of an hour; 0: there is none that is kept.
  private static int lastBefore(LongLife life, Instant time, Instant since) {
    int last = 0;
    for (var end : life.log.hourEnds().entrySet()) {
      Instant at = end.getValue();
      last = at.isBefore(time) && !at.isBefore(since) ? end.getKey() : last;
    }
    return last;
  }

  private void check(LongLife life, int txid, int bound, boolean restore) throws Exception {
    if (txid == 0) {
      return;
    }
    int objects = life.plan(txid).objects().size();
    assertThat(objects)
        .as("-Dhistory.seed=%d, transaction %d at %s", SEED, txid, life.log.now())
        .isLessThanOrEqualTo(bound);
    plans.add(objects);
    if (restore) {
      life.assertRestores(txid);
    }
  }

  /// As a daemon does: whenever a window is closed in which there was something.
  @Test
  void aRestoreReadsAtMostTheLadderIfEachWindowIsMerged() throws Exception {
    BusyDays days = new BusyDays(SEED, START, 3, 4_000);
    LongLife life = new LongLife(SEED, scratch, MaintainOptions.DEFAULT);
    TreeSet<Instant> due = new TreeSet<>();
    for (int day = 0; day < 2; day++) {
      for (BusyDays.Upload upload : days.day(day)) {
        while (!due.isEmpty() && !due.getFirst().isAfter(upload.at())) {
          window(life, due.removeFirst());
        }
        life.ship(upload);
        for (int level = 1; level <= Levels.DEFAULT.highest(); level++) {
          due.add(Levels.DEFAULT.windowEnd(level, upload.at()).plus(Levels.DEFAULT.window(1)));
        }
      }
    }
    assertThat(plans).hasSizeGreaterThan(200);
    assertThat(plans.stream().sorted().toList().get(plans.size() / 2)).isLessThanOrEqualTo(40);
  }

  private void window(LongLife life, Instant closed) throws Exception {
    life.log.at(closed);
    check(life, life.head(), Math.toIntExact(LADDER) + life.unmaintained(), false);
    life.maintain();
    int boundary = life.boundary();
    int txid = boundary + 1 + life.random.nextInt(life.head() - boundary);
    check(life, txid, Math.toIntExact(LADDER), life.random.nextInt(10) == 0);
    if (life.random.nextInt(10) == 0) {
      // Nothing happens for some hours at night, and so nobody runs.
      life.assertBounded(Duration.ofHours(8));
    }
  }

  /// The last second before midnight, when something happened in every window.
  @Test
  void theLadderIsAsLongAsItsBound() throws Exception {
    LongLife life = new LongLife(SEED, scratch, MaintainOptions.DEFAULT);
    life.ship(START.plus(Duration.ofHours(22)));
    life.ship(START.plus(Duration.ofHours(23)));
    Instant midnight = START.plus(DAY);
    life.log.at(midnight.plusSeconds(40));
    life.maintain();
    windows(life, midnight.plusSeconds(60), Duration.ofHours(1), 23);
    Instant hour = midnight.plus(Duration.ofHours(23));
    windows(life, hour, Duration.ofMinutes(5), 11);
    windows(life, hour.plus(Duration.ofMinutes(55)), Duration.ofSeconds(30), 9);
    windows(life, hour.plusSeconds(3600 - 30), SECOND, 30);
    life.maintain();
    assertThat(life.plan(life.head()).objects()).hasSize(74);
    life.assertRestores(life.head());
    life.log.at(midnight.plus(DAY).plusSeconds(30));
    life.maintain();
    assertThat(life.plan(life.head()).objects()).hasSize(1);
    life.assertRestores(life.head());
  }

  /// Two segments in each window; a second has one.
  private static void windows(LongLife life, Instant from, Duration each, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      Instant begin = from.plus(each.multipliedBy(i));
      life.ship(begin);
      if (each.compareTo(SECOND) > 0) {
        life.ship(begin.plusSeconds(5));
      }
    }
  }
}
