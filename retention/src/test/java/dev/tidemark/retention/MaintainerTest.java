package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintainerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final MaintainOptions DEFAULT = MaintainOptions.DEFAULT;

  @TempDir Path scratch;

  private MaintainRig rig;

  @BeforeEach
  void begin() throws Exception {
    rig = new MaintainRig(1, scratch);
  }

  @Test
  void keepsWhatTheDefaultPromisesForFiveWeeksAndDropsTheRest() throws Exception {
    for (int hour = 0; hour < 35 * 24; hour++) {
      if (hour % 24 < 3) {
        rig.ship(2, Duration.ofMinutes(10));
        rig.pass(Duration.ofMinutes(40));
      } else {
        rig.pass(HOUR);
      }
      if (hour % 7 == 0) {
        assertThat(rig.run().ok()).isTrue();
      }
      if (hour % 35 == 0) {
        rig.assertRestores(rig.promised(DEFAULT));
      }
    }
    rig.pass(Duration.ofHours(12));
    rig.run();
    rig.pass(Duration.ofHours(2));
    rig.run();
    rig.assertRestores(rig.promised(DEFAULT));
    rig.assertSettled(DEFAULT);
    // Of the last hour, two segments in one file, the last one must stay.
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(rig.ends.size() - 3));
    assertThat(rig.keys("log/").getFirst()).isEqualTo(rig.slot(rig.boundary() + 1));
    assertThat(rig.restores(rig.ends.get(4))).isFalse();
    assertThat(rig.keys("snapshots/")).hasSizeLessThanOrEqualTo(34);
    assertThat(rig.keys("merged/")).hasSizeLessThanOrEqualTo(34 * 3);
  }

  /// By a job once a day, and by a daemon that moves the boundary as soon as it may.
  @Test
  void segmentsGoAlthoughEachRunMovesTheBoundary() throws Exception {
    for (int day = 0; day < 6; day++) {
      rig.ship(24, HOUR);
      assertThat(rig.run().boundary()).isPresent();
      rig.assertRestores(rig.promised(DEFAULT));
    }
    assertThat(rig.keys("log/")).hasSizeLessThanOrEqualTo(2 * 24);
    for (int half = 0; half < 2 * 48; half++) {
      rig.ship(1, MINUTE.multipliedBy(30));
      rig.run();
    }
    assertThat(rig.keys("log/")).hasSizeLessThanOrEqualTo(2 * (24 + 3));
    rig.assertRestores(rig.promised(DEFAULT));
  }

  /// Lower files end inside an hour, so the boundary gets there, and the hour's file begins before.
  @Test
  void theBoundaryGoesOnFromInsideAWindow() throws Exception {
    for (int i = 0; i < 30 * 6; i++) {
      rig.ship(2, Duration.ofSeconds(1));
      if (i % 5 == 0) {
        rig.ship(1);
      }
      rig.pass(MINUTE.multipliedBy(10));
      rig.run();
      if (rig.boundary() > 0 && i > 27 * 6) {
        assertThat(rig.time(rig.boundary())).isAfter(rig.now().minus(HOUR.multipliedBy(26)));
      }
    }
    assertThat(rig.boundary()).isPositive();
    rig.assertRestores(rig.promised(DEFAULT));
  }

  @Test
  void segmentsGoThoughTheGraceTimeIsLongerThanBetweenTwoRecords() throws Exception {
    RetentionSettings patient = new RetentionSettings(HOUR.multipliedBy(9), HOUR, DAY);
    MaintainOptions options = MaintainRig.keep("transactions=0s,hourly=2d", patient);
    for (int hour = 0; hour < 60; hour++) {
      rig.ship(1, HOUR);
      rig.run(options);
      rig.assertRestores(rig.promised(options));
    }
    assertThat(rig.keys("log/")).hasSizeLessThanOrEqualTo(2 * 9);
  }

  private int lastBefore(Duration age) {
    int last = 0;
    for (int end : rig.ends) {
      if (!rig.time(end).isAfter(rig.now().minus(age))) {
        last = end;
      }
    }
    return last;
  }

  @Test
  void aSecondRunDoesNothingWhereverTheFirstOneLeftIt() throws Exception {
    for (MaintainOptions options :
        List.of(DEFAULT, MaintainRig.eager("transactions=2h,hourly=1d,daily=7d"))) {
      rig = new MaintainRig(1, scratch);
      for (int round = 0; round < 40; round++) {
        rig.ship(1 + rig.random.nextInt(4), Duration.ofSeconds(1 + rig.random.nextInt(4_000)));
        assertThat(rig.run(options).ok()).isTrue();
        rig.assertRestores(rig.promised(options));
        rig.assertSettled(options);
      }
    }
  }

  @Test
  void aLoneSegmentGetsACoverSoThatTheBoundaryPasses() throws Exception {
    for (int i = 0; i < 4; i++) {
      rig.ship(2);
      rig.pass(HOUR.multipliedBy(2));
    }
    MaintainReport report = rig.run(MaintainRig.eager("transactions=3h"));
    assertThat(report.boundary()).contains(rig.history.position(rig.ends.get(2)));
    assertThat(rig.keys("log/")).containsExactly(rig.slot(7));
    assertThat(rig.keys("merged/")).allMatch(key -> key.startsWith("merged/3/"));
    rig.assertRestores(Set.of(6, 7, 8));
  }

  @Test
  void nothingIsMadeForADayOnWhichNothingHappened() throws Exception {
    rig.ship(5, HOUR);
    rig.pass(DAY);
    rig.run();
    rig.pass(HOUR.multipliedBy(2));
    rig.run();
    for (int day = 0; day < 5; day++) {
      rig.pass(DAY);
      WatchedStore watched = rig.watched();
      rig.run(watched, DEFAULT);
      assertThat(watched.puts).allMatch(key -> key.startsWith("boundary/"));
      rig.assertRestores(rig.promised(DEFAULT));
    }
    rig.ship(1);
    rig.pass(DAY);
    rig.run();
    rig.assertRestores(rig.promised(DEFAULT));
    rig.assertSettled(DEFAULT);
  }

  @Test
  void goesOnOverAnotherPageSize() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=3h,hourly=2d");
    rig.ship(6, MINUTE);
    rig.changePageSize(1_024);
    rig.pass(MINUTE);
    rig.ship(6, MINUTE);
    rig.pass(HOUR);
    Set<Integer> before = all();
    assertThat(rig.run(options).ok()).isTrue();
    rig.assertRestores(before);
    for (int i = 0; i < 30; i++) {
      rig.ship(2, MINUTE);
      rig.pass(HOUR);
      assertThat(rig.run(options).ok()).isTrue();
      rig.assertRestores(rig.promised(options));
    }
    rig.assertSettled(options);
    assertThat(rig.keys("snapshots/")).isNotEmpty();
    rig.pass(DAY.multipliedBy(3));
    rig.ship(1);
    rig.run(options);
    rig.pass(DAY.multipliedBy(3));
    rig.ship(1);
    rig.run(options);
    rig.assertRestores(rig.promised(options));
    assertThat(rig.keys("merged/")).hasSizeLessThan(4);
  }

  private Set<Integer> all() {
    Set<Integer> all = new TreeSet<>();
    for (int txid = 1; txid <= rig.shipped(); txid++) {
      all.add(txid);
    }
    return all;
  }

  @Test
  void aSnapshotNowEndsAtTheHead() throws Exception {
    MaintainOptions now = MaintainRig.snapshots(DEFAULT, Duration.ZERO);
    rig.ship(1);
    for (int i = 0; i < 5; i++) {
      MaintainReport report = rig.run(now);
      assertThat(report.made()).anyMatch(made -> made.key().text().startsWith("snapshots/"));
      rig.assertSettled(now);
      rig.assertRestores(all());
      rig.ship(2, MINUTE);
    }
    assertThat(rig.keys("snapshots/")).hasSize(5);
  }

  @Test
  void aSnapshotNowCutsTheWindowsAroundIt() throws Exception {
    rig.ship(5, MINUTE);
    rig.run(MaintainRig.snapshots(DEFAULT, Duration.ZERO));
    int cut = rig.shipped();
    rig.ship(5, MINUTE);
    rig.pass(HOUR);
    rig.run();
    assertThat(rig.keys("merged/3/"))
        .hasSize(2)
        .first()
        .asString()
        .contains("-%016x-".formatted(cut));
    rig.assertRestores(all());
    rig.pass(DAY.multipliedBy(2));
    rig.ship(1);
    rig.run();
    rig.pass(DAY.multipliedBy(2));
    rig.ship(1);
    rig.run();
    rig.assertRestores(rig.promised(DEFAULT));
  }

  @Test
  void theBoundaryPassesASnapshotThatLiesBesideIt() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h");
    for (int i = 0; i < 12; i++) {
      rig.ship(3, Duration.ofMinutes(7));
      rig.run(MaintainRig.snapshots(options, Duration.ZERO));
      rig.assertRestores(rig.promised(options));
    }
    assertThat(rig.boundary()).isBetween(lastBefore(HOUR.multipliedBy(2)), lastBefore(HOUR));
    assertThat(rig.keys("log/").getFirst()).isEqualTo(rig.slot(rig.boundary() + 1));
  }
}
