package dev.tidemark.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.UnfinishedUpload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintainerSettingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final MaintainOptions DEFAULT = MaintainOptions.DEFAULT;

  @TempDir Path scratch;

  private MaintainRig rig;

  @BeforeEach
  void begin() throws Exception {
    rig = new MaintainRig(2, scratch);
  }

  @Test
  void allKeepsAll() throws Exception {
    MaintainOptions options = MaintainRig.eager("all");
    for (int i = 0; i < 5; i++) {
      rig.ship(3, MINUTE);
      rig.pass(DAY.multipliedBy(40));
      MaintainReport report = rig.run(options);
      assertThat(report.boundary()).isEmpty();
      assertThat(report.deleted()).isZero();
    }
    assertThat(rig.keys("boundary/")).isEmpty();
    rig.assertRestores(rig.promised(options));
    assertThat(rig.promised(options)).hasSize(rig.shipped());
  }

  @Test
  void noTransactionIsKeptForItsOwnSakeWhenTheWindowIsZero() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=0s,hourly=3h");
    rig.ship(8, Duration.ofMinutes(30));
    rig.pass(MINUTE);
    rig.run(options);
    // The last segment stays, and so does the one that shares its merged file.
    assertThat(rig.keys("log/")).hasSize(2);
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(5));
    rig.assertRestores(rig.promised(options));
    assertThat(rig.restores(rig.ends.getFirst())).isFalse();
  }

  @Test
  void graceHoldsBackDeletionsAndTheBoundary() throws Exception {
    RetentionSettings patient = new RetentionSettings(HOUR.multipliedBy(5), Duration.ZERO, DAY);
    MaintainOptions options = MaintainRig.keep("transactions=0s", patient);
    rig.ship(4, Duration.ofMinutes(40));
    rig.pass(HOUR.multipliedBy(3));
    assertThat(rig.run(options).boundary()).contains(rig.history.position(rig.ends.get(1)));
    rig.pass(HOUR.multipliedBy(4));
    assertThat(rig.run(options).deleted()).isZero();
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(2));
    // What the first record has passed goes a grace time after that one, the rest after the second.
    rig.pass(HOUR.minusSeconds(1));
    assertThat(rig.run(options).deleted()).isZero();
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.run(options).deleted()).isEqualTo(2);
    rig.pass(HOUR.multipliedBy(4).minusSeconds(1));
    assertThat(rig.run(options).deleted()).isZero();
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.run(options).deleted()).isEqualTo(1);
    assertThat(rig.keys("log/")).hasSize(1);
  }

  @Test
  void theBoundaryMovesOnlySoOften() throws Exception {
    RetentionSettings rare = new RetentionSettings(Duration.ZERO, HOUR.multipliedBy(6), DAY);
    MaintainOptions options = MaintainRig.keep("transactions=1h", rare);
    int records = 0;
    for (int i = 0; i < 18; i++) {
      rig.ship(2, Duration.ofMinutes(30));
      rig.run(options);
      records = rig.keys("boundary/").size();
      assertThat(records).isLessThanOrEqualTo(1 + i / 6);
      rig.assertRestores(rig.promised(options));
    }
    assertThat(records).isEqualTo(3);
  }

  @Test
  void pinsStayWhereverTheyAre() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=2h");
    rig.ship(4).ship(4).ship(4);
    rig.pass(MINUTE);
    rig.ship(6, MINUTE);
    // Within a segment, at its end, and both once it is in a merged file.
    rig.pin("inside", 6);
    rig.pin("end", 4);
    for (int i = 0; i < 30; i++) {
      rig.ship(2);
      rig.pass(Duration.ofMinutes(20));
      if (i == 10) {
        rig.pin("merged", rig.shipped() - 1);
      }
      assertThat(rig.run(options).ok()).isTrue();
      rig.assertRestores(rig.promised(options));
    }
    assertThat(rig.boundary()).isGreaterThan(rig.pins.get("merged"));
    // Below: only what is a node can be pinned, and then it stays.
    rig.pin("below", rig.boundary());
    rig.ship(6, HOUR);
    assertThat(rig.run(options).ok()).isTrue();
    rig.assertRestores(rig.promised(options));
    rig.assertSettled(options);
    rig.store.objects().keySet().removeIf(key -> key.startsWith("pins/"));
    Set<Integer> pinned = new TreeSet<>(rig.pins.values());
    rig.pins.clear();
    rig.pass(DAY.multipliedBy(2));
    rig.ship(1);
    rig.run(options);
    rig.pass(HOUR.multipliedBy(3));
    rig.ship(1);
    rig.run(options);
    for (int txid : pinned) {
      assertThat(rig.restores(txid)).isFalse();
    }
    rig.assertRestores(rig.promised(options));
  }

  @Test
  void aPinOfNoTransactionIsReportedAndTheRestGoesOn() throws Exception {
    rig.ship(6, MINUTE);
    rig.pin("foreign", 3);
    String key = "pins/foreign.json";
    Position good = rig.history.position(3);
    Position bad = new Position(good.txid(), rig.history.position(2).checksum());
    String text = new String(rig.store.bytes(key), UTF_8);
    rig.store.put(key, text.replace(good.toString(), bad.toString()).getBytes(UTF_8));
    rig.pins.clear();
    rig.pass(HOUR.multipliedBy(2));
    rig.ship(1);
    rig.pass(HOUR);
    MaintainOptions options = MaintainRig.eager("transactions=0s");
    MaintainReport report = rig.run(options);
    assertThat(report.problems()).hasSize(1);
    assertThat(report.problems().getFirst().toString()).contains("foreign");
    assertThat(rig.keys("merged/3/")).isNotEmpty();
    rig.assertRestores(rig.promised(options));
  }

  @Test
  void theBoundaryWaitsForReplicasThatAreAlive() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=0s");
    rig.ship(5, HOUR);
    rig.pass(HOUR);
    rig.replica("slow", rig.ends.get(1), Duration.ofMinutes(10));
    rig.replica("dead", rig.ends.getFirst(), Duration.ofSeconds(1));
    rig.pass(MINUTE);
    rig.run(options);
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(1));
    rig.pass(Duration.ofMinutes(8));
    rig.run(options);
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(1));
    rig.pass(Duration.ofMinutes(2));
    rig.run(options);
    assertThat(rig.boundary()).isEqualTo(rig.ends.get(3));
    rig.assertRestores(rig.promised(options));
  }

  @Test
  void theBoundaryWaitsForNoReplicaThatIsTooFarBehind() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=0s");
    rig.ship(1);
    rig.replica("stuck", 1, DAY.multipliedBy(9));
    rig.pass(DAY);
    rig.ship(5, HOUR);
    rig.run(options);
    assertThat(rig.boundary()).isGreaterThan(1);
  }

  @Test
  void aDryRunChangesNothingAndSaysWhatARunDoes() throws Exception {
    List<MaintainOptions> all =
        List.of(
            DEFAULT,
            MaintainRig.eager("transactions=2h,hourly=1d,daily=7d"),
            MaintainRig.snapshots(MaintainRig.eager("transactions=0s"), Duration.ZERO));
    for (int round = 0; round < 30; round++) {
      rig.ship(1 + rig.random.nextInt(4), Duration.ofSeconds(1 + rig.random.nextInt(9_000)));
      if (round == 7) {
        rig.pin("p", rig.shipped() - 1);
      }
      MaintainOptions options = all.get(round % 3);
      WatchedStore watched = rig.watched();
      MaintainReport told = rig.run(watched, MaintainRig.rehearsed(options));
      assertThat(watched.changedNothing()).isTrue();
      WatchedStore real = rig.watched();
      MaintainReport done = rig.run(real, options);
      assertThat(told.made())
          .extracting(MaintainReport.Made::key)
          .containsExactlyElementsOf(done.made().stream().map(MaintainReport.Made::key).toList());
      assertThat(told.boundary()).isEqualTo(done.boundary());
      assertThat(told.deleted()).isZero();
      List<String> drops = new ArrayList<>();
      told.decisions().stream()
          .filter(decision -> !decision.isKept())
          .forEach(decision -> drops.add(decision.item().key().text()));
      assertThat(drops).as("round %d", round).containsExactlyInAnyOrderElementsOf(real.deletes);
    }
  }

  @Test
  void whatTheStoreKeepsIsReportedAndTheRestGoes() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h");
    rig.ship(8, Duration.ofMinutes(30));
    WatchedStore watched = rig.watched();
    watched.locked.put(rig.slot(1), "access denied");
    watched.locked.put(rig.slot(rig.ends.get(2) + 1), "object lock");
    MaintainReport report = rig.run(watched, options);
    assertThat(report.refused())
        .extracting(DeleteRefusal::key)
        .containsExactlyInAnyOrderElementsOf(watched.locked.keySet());
    assertThat(report.ok()).isTrue();
    assertThat(report.deleted()).isEqualTo(watched.deletes.size() - 2L);
    assertThat(rig.keys("log/")).hasSize(2 + 2);
    rig.assertRestores(rig.promised(options));
    rig.run(options);
    assertThat(rig.keys("log/")).hasSize(2);
  }

  @Test
  void leftoversOfUploadsGoWhenTheyAreOld() throws Exception {
    rig.ship(1);
    WatchedStore watched = rig.watched();
    UnfinishedUpload old = new UnfinishedUpload("log/a", "1", rig.now().minus(HOUR).minusMillis(1));
    UnfinishedUpload young = new UnfinishedUpload("log/b", "2", rig.now().minus(HOUR));
    watched.uploads.addAll(List.of(old, young));
    assertThat(rig.run(watched, MaintainRig.rehearsed(DEFAULT)).abortedUploads()).isZero();
    assertThat(rig.run(watched, DEFAULT).abortedUploads()).isEqualTo(1);
    assertThat(watched.uploads).containsExactly(young);
  }

  @Test
  void whatAFencedWriterLeftBelowTheBoundaryIsSweptUp() throws Exception {
    MaintainOptions options = MaintainRig.eager("transactions=1h");
    rig.ship(8, Duration.ofMinutes(30));
    rig.run(options);
    assertThat(rig.boundary()).isGreaterThan(2);
    String slot = rig.slot(rig.ends.getFirst() + 1);
    assertThat(rig.keys("log/")).doesNotContain(slot);
    rig.log.segment(rig.ends.getFirst() + 1, rig.ends.getFirst() + 1);
    assertThat(rig.run(options).deleted()).isEqualTo(1);
    assertThat(rig.keys("log/")).doesNotContain(slot);
    rig.assertRestores(rig.promised(options));
  }

  @Test
  void doesOnlyTheStepsThatAreAskedFor() throws Exception {
    rig.ship(8, Duration.ofMinutes(30));
    MaintainOptions merging =
        new MaintainOptions(
            DEFAULT.levels(), Optional.empty(), Optional.empty(), DEFAULT.settings(), false);
    WatchedStore watched = rig.watched();
    rig.run(watched, merging);
    assertThat(watched.puts).isNotEmpty().allMatch(key -> key.startsWith("merged/"));
    assertThat(watched.deletes).isEmpty();
    MaintainOptions snapshot =
        new MaintainOptions(
            Optional.empty(),
            Optional.of(Duration.ZERO),
            Optional.empty(),
            DEFAULT.settings(),
            false);
    WatchedStore again = rig.watched();
    rig.run(again, snapshot);
    assertThat(again.puts).hasSize(1).allMatch(key -> key.startsWith("snapshots/"));
    assertThat(again.deletes).isEmpty();
    MaintainOptions keeping =
        new MaintainOptions(
            Optional.empty(),
            Optional.empty(),
            MaintainRig.eager("transactions=1h").keep(),
            MaintainRig.eager("all").settings(),
            false);
    WatchedStore last = rig.watched();
    rig.run(last, keeping);
    assertThat(last.puts).allMatch(key -> key.startsWith("boundary/"));
    assertThat(last.deletes).isNotEmpty();
  }

  /// With a commit for each request of the run, its end would never come.
  @Test
  void aSnapshotOfTheHeadIsMadeOnceWhileTheApplicationWrites() throws Exception {
    rig.ship(5, Duration.ofSeconds(1));
    int head = rig.shipped();
    WatchedStore busy =
        new WatchedStore(rig.store, MaintainRig.DATABASE) {
          @Override
          public ListPage list(String prefix, String after)
              throws StoreException, InterruptedException {
            try {
              rig.ship(1);
            } catch (StoreException | InterruptedException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            return super.list(prefix, after);
          }
        };
    rig.run(busy, MaintainRig.snapshots(MaintainRig.eager("all"), Duration.ZERO));
    assertThat(busy.puts).filteredOn(key -> key.startsWith("snapshots/")).hasSize(1);
    assertThat(Integer.parseInt(rig.keys("snapshots/").getFirst().substring(10, 26), 16))
        .isGreaterThanOrEqualTo(head);
  }
}
