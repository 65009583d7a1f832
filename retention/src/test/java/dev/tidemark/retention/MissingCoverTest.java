package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A merged file that somebody has deleted is in no listing, so nobody can find it damaged.
class MissingCoverTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path scratch;

  private MaintainRig rig;

  /// Two days of hours with a few segments each.
  @BeforeEach
  void live() throws Exception {
    rig = new MaintainRig(3, scratch);
    for (int hour = 0; hour < 50; hour++) {
      rig.ship(3, Duration.ofMinutes(20));
    }
  }

  /// Whoever only retains makes what the boundary waits for.
  @ParameterizedTest
  @ValueSource(ints = {5, 22, 23, 24, 30})
  void hoursThatOnlySegmentsLeadToAreKeptByRetainingAlone(int hour) throws Exception {
    MaintainOptions eager = MaintainRig.eager("transactions=1h,hourly=7d");
    assertKeepsItsHours(
        hour,
        new MaintainOptions(
            Optional.empty(), Optional.empty(), eager.keep(), eager.settings(), false));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 22, 23, 24, 30})
  void hoursThatOnlySegmentsLeadToAreKeptByCoarserLevels(int hour) throws Exception {
    MaintainOptions eager = MaintainRig.eager("transactions=1h,hourly=7d");
    assertKeepsItsHours(
        hour,
        new MaintainOptions(
            Optional.of(Levels.parse("24h")),
            eager.snapshotEvery(),
            eager.keep(),
            eager.settings(),
            false));
  }

  private void assertKeepsItsHours(int hour, MaintainOptions options) throws Exception {
    rig.run(MaintainRig.eager("all"));
    rig.store.delete(rig.keys("merged/3/").get(hour));
    rig.pass(HOUR.multipliedBy(4));
    for (int i = 0; i < 3; i++) {
      MaintainReport report = rig.run(options);
      assertThat(report.problems()).isEmpty();
      rig.assertRestores(rig.promised(options));
    }
    assertThat(rig.boundary()).isGreaterThan(rig.ends.get(140));
    rig.assertSettled(options);
  }

  /// Below the boundary no segment can bring it back.
  @Test
  void hoursBehindAMergedFileThatIsGoneAreToldAsLongAsTheyCount() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h,hourly=3d");
    rig.pass(HOUR.multipliedBy(2));
    rig.run(options);
    List<String> hours = rig.keys("merged/3/");
    String gone = hours.get(5);
    byte[] bytes = rig.store.bytes(gone);
    rig.store.delete(gone);
    MaintainReport report = rig.run(options);
    assertThat(report.problems())
        .extracting(MaintainReport.Problem::key)
        .contains(rig.history.position(rig.ends.get(20)).toString());
    assertThat(rig.keys("merged/3/")).containsAll(hours.subList(6, 12));
    // Somebody finds it in a copy of the bucket.
    rig.store.put(gone, bytes);
    assertThat(rig.run(options).problems()).isEmpty();
    rig.assertRestores(rig.promised(options));
    rig.store.delete(gone);
    rig.pass(DAY.multipliedBy(4));
    rig.ship(1);
    rig.pass(HOUR.multipliedBy(2));
    rig.run(options);
    assertThat(rig.run(options).problems()).isEmpty();
    rig.assertRestores(rig.promised(options));
  }
}
