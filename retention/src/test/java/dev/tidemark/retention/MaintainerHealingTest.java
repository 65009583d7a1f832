package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaintainerHealingTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final MaintainOptions DEFAULT = MaintainOptions.DEFAULT;

  /// Ways in which an object can be spoilt.
  enum Harm {
    BIT_FLIP,
    BIT_FLIP_IN_INDEX,
    CUT,
    GONE,
    ANOTHER_FILE
  }

  @TempDir Path scratch;

  private MaintainRig rig;

  @BeforeEach
  void begin() throws Exception {
    rig = new MaintainRig(3, scratch);
  }

  private void harm(String key, Harm harm) throws Exception {
    byte[] bytes = rig.store.bytes(key);
    switch (harm) {
      case BIT_FLIP -> bytes[bytes.length / 3] ^= 4;
      case BIT_FLIP_IN_INDEX -> bytes[bytes.length - 40] ^= 4;
      case CUT -> bytes = Arrays.copyOf(bytes, bytes.length - 7);
      case ANOTHER_FILE -> bytes = rig.store.bytes(rig.slot(rig.boundary() + 1));
      case GONE -> {
        rig.store.delete(key);
        return;
      }
    }
    rig.store.put(key, bytes);
  }

  /// Two days of hours with a few segments each.
  private void live() throws Exception {
    for (int hour = 0; hour < 50; hour++) {
      rig.ship(3, Duration.ofMinutes(20));
    }
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aMergedFileThatSegmentsCoverIsMadeAgain(Harm harm) throws Exception {
    live();
    MaintainOptions keepAll = MaintainRig.eager("all");
    rig.run(MaintainRig.snapshots(keepAll, DAY.multipliedBy(90)));
    String key = rig.keys("merged/3/").get(20);
    byte[] good = rig.store.bytes(key);
    harm(key, harm);
    // Read for the boundary's sake or for a snapshot's, and made again by the same run.
    MaintainReport report = rig.run();
    assertThat(report.problems()).isEmpty();
    assertThat(rig.store.bytes(key)).isEqualTo(good);
    rig.assertRestores(rig.promised(DEFAULT));
    rig.assertSettled(DEFAULT);
  }

  /// A snapshot leads across it to the next boundary, so nobody needs to read it for that.
  @ParameterizedTest
  @EnumSource(Harm.class)
  void whatSegmentsCanMendIsMendedBeforeTheBoundaryPassesThem(Harm harm) throws Exception {
    live();
    rig.run(MaintainRig.eager("all"));
    assertThat(rig.keys("snapshots/")).isNotEmpty();
    String key = rig.keys("merged/3/").get(5);
    byte[] good = rig.store.bytes(key);
    harm(key, harm);
    rig.pass(HOUR.multipliedBy(4));
    MaintainOptions options = MaintainRig.eager("transactions=1h,hourly=7d");
    assertThat(rig.run(options).problems()).isEmpty();
    assertThat(rig.boundary()).isGreaterThan(rig.ends.get(140));
    assertThat(rig.store.bytes(key)).isEqualTo(good);
    rig.assertRestores(rig.promised(options));
    rig.assertSettled(options);
  }

  /// No decision rests on the snapshot of a day that is only kept.
  @ParameterizedTest
  @EnumSource(value = Harm.class, names = "GONE", mode = EnumSource.Mode.EXCLUDE)
  void aRepairReadsAllThatIsThereAndMakesItAgain(Harm harm) throws Exception {
    live();
    rig.pass(HOUR.multipliedBy(2));
    rig.run();
    rig.run();
    String key = rig.keys("snapshots/").getFirst();
    byte[] good = rig.store.bytes(key);
    harm(key, harm);
    MaintainOptions repair =
        new MaintainOptions(
            DEFAULT.levels(),
            DEFAULT.snapshotEvery(),
            DEFAULT.keep(),
            DEFAULT.settings(),
            false,
            true);
    MaintainReport report = rig.run(repair);
    assertThat(report.problems()).isEmpty();
    assertThat(report.made()).extracting(it -> it.key().text()).containsExactly(key);
    assertThat(rig.store.bytes(key)).isEqualTo(good);
    assertThat(rig.run(repair).made()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aSnapshotThatOthersCoverIsMadeAgain(Harm harm) throws Exception {
    live();
    rig.run();
    rig.pass(HOUR.multipliedBy(2));
    rig.run();
    String key = rig.keys("snapshots/").getFirst();
    byte[] good = rig.store.bytes(key);
    harm(key, harm);
    rig.pass(HOUR.multipliedBy(20));
    rig.ship(2, HOUR);
    rig.pass(HOUR.multipliedBy(10));
    for (int i = 0; i < 3; i++) {
      MaintainReport report = rig.run();
      assertThat(report.problems()).isEmpty();
      rig.pass(HOUR.multipliedBy(2));
      rig.assertRestores(rig.promised(DEFAULT));
    }
    if (rig.keys("snapshots/").contains(key)) {
      assertThat(rig.store.bytes(key)).isEqualTo(good);
    }
  }

  /// A wrong bit shows when somebody reads it.
  @ParameterizedTest
  @EnumSource(value = Harm.class, names = "BIT_FLIP", mode = EnumSource.Mode.EXCLUDE)
  void whatNothingCoversBelowTheBoundaryIsTold(Harm harm) throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h,hourly=7d");
    rig.ship(3, Duration.ofMinutes(10));
    rig.pass(HOUR);
    rig.ship(3, Duration.ofMinutes(10));
    rig.pass(HOUR);
    rig.ship(1);
    rig.run(MaintainRig.snapshots(options, DAY.multipliedBy(90)));
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(5));
    harm(rig.keys("merged/3/").get(1), harm);
    rig.ship(3, Duration.ofMinutes(10));
    rig.pass(HOUR);
    MaintainReport report = rig.run(MaintainRig.snapshots(options, DAY.multipliedBy(90)));
    String lost = rig.history.position(rig.ends.get(5)).toString();
    String good = rig.history.position(rig.ends.get(2)).toString();
    assertThat(report.problems())
        .extracting(MaintainReport.Problem::toString)
        .anyMatch(text -> text.startsWith(lost) && text.contains(good));
    // The rest goes on.
    assertThat(rig.keys("merged/3/").getLast()).contains("-%016x-".formatted(rig.shipped()));
    assertThat(rig.restores(rig.ends.get(2))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aSegmentThatNothingCoversIsTold(Harm harm) throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h,hourly=7d");
    for (int hour = 0; hour < 8; hour++) {
      rig.ship(2).ship(3).ship(2);
      rig.pass(HOUR);
    }
    int first = rig.ends.get(9) + 1;
    int last = rig.ends.get(10);
    harm(rig.slot(first), harm);
    for (int i = 0; i < 2; i++) {
      MaintainReport report = rig.run(options);
      assertThat(report.problems()).as("run %d", i).hasSize(1);
      // What lies behind is of no use without it.
      assertThat(report.problems().getFirst().toString())
          .startsWith(rig.slot(first))
          .contains(
              "transactions %016x to %016x".formatted(first, rig.shipped()),
              "last good position: " + rig.history.position(first - 1));
    }
    assertThat(last).isLessThan(rig.shipped());
    assertThat(rig.keys("merged/"))
        .anyMatch(key -> key.contains("-%016x-".formatted(rig.ends.get(20))));
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(harm == Harm.GONE ? 8 : 9));
    for (int txid = rig.boundary(); txid < first; txid++) {
      rig.assertRestores(txid);
    }
    // A snapshot behind it leads on, and ends what is lost.
    rig.log.snapshot(rig.ends.get(14));
    MaintainReport report = rig.run(MaintainRig.eager("transactions=2d"));
    assertThat(report.problems()).hasSize(1);
    assertThat(report.problems().getFirst().toString())
        .contains("transactions %016x to %016x".formatted(first, rig.ends.get(14) - 1));
    rig.assertRestores(rig.shipped());
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void aHoleAtTheEdgeOfAWindowIsTold(Harm harm) throws Exception {
    for (int hour = 0; hour < 5; hour++) {
      rig.ship(2).ship(3);
      rig.pass(HOUR);
    }
    int first = rig.ends.get(3) + 1;
    harm(rig.slot(first), harm);
    MaintainReport report = rig.run();
    assertThat(report.problems()).hasSize(1);
    assertThat(report.problems().getFirst().toString())
        .startsWith(rig.slot(first))
        .contains("transactions %016x to %016x".formatted(first, rig.shipped()));
  }

  @ParameterizedTest
  @EnumSource(value = Harm.class, names = "GONE", mode = EnumSource.Mode.EXCLUDE)
  void aDamagedLastSegmentHoldsUpNothingBeforeIt(Harm harm) throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h,hourly=7d");
    rig.ship(8, Duration.ofMinutes(30));
    rig.ship(2);
    int first = rig.ends.get(7) + 1;
    harm(rig.slot(first), harm);
    rig.pass(HOUR);
    MaintainReport report = rig.run(options);
    boolean isRead = harm != Harm.BIT_FLIP;
    if (isRead) {
      assertThat(report.problems()).hasSize(1);
      assertThat(report.problems().getFirst().toString())
          .startsWith(rig.slot(first))
          .contains("transactions %016x and later".formatted(first));
    }
    assertThat(report.boundary()).isPresent();
    assertThat(report.deleted()).isPositive();
    for (int txid = rig.boundary(); txid < first; txid++) {
      rig.assertRestores(txid);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Harm.class, names = "GONE", mode = EnumSource.Mode.EXCLUDE)
  void aDamagedSegmentThatAMergedFileCoversCostsOnlyWhatIsInIt(Harm harm) throws Exception {
    rig.ship(3).ship(3).ship(3);
    rig.pass(HOUR.multipliedBy(2));
    rig.ship(1);
    rig.run();
    assertThat(rig.keys("merged/3/")).hasSize(1);
    harm(rig.slot(4), harm);
    rig.assertRestores(9);
    assertThat(rig.restores(4)).isFalse();
    rig.assertRestores(rig.shipped());
    rig.pass(DAY.multipliedBy(2));
    rig.ship(1);
    MaintainReport report = rig.run();
    assertThat(rig.boundary()).isEqualTo(10);
    assertThat(report.ok()).isTrue();
    assertThat(rig.keys("log/")).contains(rig.slot(11));
  }
}
