package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Windows of 10, 20 and 100 seconds; transaction n happens n seconds after the epoch.
class CompactionPlanTest {
  private static final Levels LEVELS = Levels.parse("10s,20s,100s");
  private static final Duration DAY = Duration.ofSeconds(400);

  private final Set<Long> pageSizeChanges = new HashSet<>();
  private Picture picture = new Picture();
  private int lookUps;

  /// Answers as the picture has it, and counts.
  private final class Facts implements ObjectFacts {
    private final View view;

    Facts(View view) {
      this.view = view;
    }

    @Override
    public Instant time(Chain.Item item) {
      lookUps++;
      return view.above().stream()
          .filter(slot -> slot.item().equals(item))
          .map(slot -> picture.time(slot.end().orElseThrow().txid().value()))
          .findAny()
          .orElseThrow();
    }

    @Override
    public boolean changesPageSize(Chain.Item item) {
      return item.key() instanceof ObjectKey.Slot slot
          && pageSizeChanges.contains(slot.first().value());
    }
  }

  @BeforeEach
  void beginAnew() {
    picture = new Picture();
  }

  private List<String> plan(long now) throws Exception {
    return plan(now, Optional.empty());
  }

  private List<String> plan(long now, Optional<Duration> snapshots) throws Exception {
    View view = picture.view();
    List<String> texts = new ArrayList<>();
    for (Merge merge :
        CompactionPlan.of(view, LEVELS, snapshots, Instant.ofEpochSecond(now), new Facts(view))) {
      texts.add(
          merge.level()
              + ":"
              + merge.start().txid().value()
              + "-"
              + merge.end().txid().value()
              + " of "
              + merge.inputs().size());
    }
    return texts;
  }

  private List<Merge> snapshotNow() throws Exception {
    View view = picture.view();
    return CompactionPlan.snapshotNow(view, new Facts(view));
  }

  @Test
  void aSnapshotOfTheHeadIsDueOnceWhateverItCostsToReadIt() throws Exception {
    picture.slots(0, 9, 3).merged(3, 0, 9);
    assertThat(snapshotNow()).hasSize(1);
    picture.snapshot(9);
    assertThat(snapshotNow()).isEmpty();
  }

  @Test
  void nothingIsDueInAnEmptyLog() throws Exception {
    assertThat(plan(1000)).isEmpty();
  }

  @Test
  void mergesTopDownAndOnlyWhatIsBehindGoesToLowerLevels() throws Exception {
    picture.slots(0, 135, 3);
    // The window of a segment is that of its last transaction; 99 is the last one before 100.
    assertThat(plan(136)).containsExactly("3:0-99 of 33", "2:99-117 of 6", "1:117-129 of 4");
  }

  @Test
  void aDaemonGetsTheWholeLadder() throws Exception {
    picture.slots(0, 24, 3).merged(1, 0, 9);
    assertThat(plan(25)).containsExactly("2:0-18 of 4");
    picture.merged(2, 0, 18);
    assertThat(plan(25)).isEmpty();
    assertThat(plan(41)).containsExactly("1:18-24 of 2");
  }

  @Test
  void aWindowIsClosedBySomethingLaterOrAWindowAfterItsEnd() throws Exception {
    picture.slots(0, 8, 2);
    assertThat(plan(19)).isEmpty();
    assertThat(plan(20)).containsExactly("1:0-8 of 4");
    picture.slot(8, 11);
    assertThat(plan(11)).containsExactly("1:0-8 of 4");
  }

  @Test
  void aLoneSegmentGetsACoverOnTheHighestLevelOnly() throws Exception {
    picture.slot(0, 5);
    assertThat(plan(109)).isEmpty();
    assertThat(plan(110)).containsExactly("3:0-5 of 1");
  }

  @Test
  void aLoneMergedFileIsNotCopied() throws Exception {
    picture.slots(0, 8, 4).merged(1, 0, 8).slot(8, 250);
    assertThat(plan(251)).isEmpty();
  }

  @Test
  void mergesFromTheCheapestPath() throws Exception {
    picture.slots(0, 120, 10).merged(1, 0, 50).merged(1, 50, 90);
    assertThat(plan(121)).containsExactly("3:0-90 of 2", "2:90-110 of 2");
  }

  @Test
  void aDamagedFileIsBuiltAnewFromWhatIsBelowIt() throws Exception {
    picture
        .slots(0, 120, 10)
        .cover(3, 0, 90, Picture.LONG_AGO, View.Finding.DAMAGED)
        .merged(2, 90, 110);
    assertThat(plan(121)).containsExactly("3:0-90 of 9");
  }

  @Test
  void neverMergesAcrossAHole() throws Exception {
    picture.slots(0, 40, 5);
    picture.slot(40, 45, Picture.LONG_AGO, View.Finding.DAMAGED);
    picture.slots(45, 120, 5);
    assertThat(plan(121)).startsWith("3:0-40 of 8", "3:45-95 of 10");
  }

  @Test
  void cutsWhereThePageSizeChanges() throws Exception {
    picture.slots(0, 120, 5);
    pageSizeChanges.add(31L);
    assertThat(plan(101)).startsWith("3:0-30 of 6", "3:30-95 of 13");
  }

  @Test
  void aFileMayBeginWithANewPageSize() throws Exception {
    picture.slots(0, 120, 5).merged(3, 0, 95);
    pageSizeChanges.add(96L);
    assertThat(plan(121)).containsExactly("2:95-115 of 4");
  }

  @Test
  void goesOnBelowTheBoundaryFromCoversAlone() throws Exception {
    picture.boundary(60).merged(1, 0, 30).merged(1, 30, 60).slots(60, 120, 10);
    assertThat(plan(121)).startsWith("3:0-90 of 5");
  }

  @Test
  void slotsBelowTheBoundaryAreNoInputs() throws Exception {
    picture.boundary(60).slots(0, 60, 10).merged(2, 0, 60).slots(60, 120, 10);
    assertThat(plan(121)).startsWith("3:0-90 of 4");
  }

  @Test
  void findsTheEndOfAWindowByHalving() throws Exception {
    picture.times(txid -> Instant.ofEpochMilli(txid * 1000 / 100)).slots(0, 100_000, 1);
    assertThat(plan(1000))
        .startsWith("3:0-9999 of 9999", "3:9999-19999 of 10000")
        .hasSizeLessThan(30);
    // Ten windows of the highest level, some below; 2 log n each at most, not one for each slot.
    assertThat(lookUps).isLessThan(15 * 2 * 14);
  }

  @Test
  void aSnapshotIsDueAtTheLastTopLevelFileOfItsWindow() throws Exception {
    picture.merged(3, 0, 90).merged(3, 90, 390).merged(3, 390, 490).slots(0, 600, 10);
    picture.merged(3, 490, 590);
    assertThat(plan(601, Optional.of(DAY))).containsExactly("9:0-390 of 2");
    picture.snapshot(390);
    assertThat(plan(601, Optional.of(DAY))).isEmpty();
  }

  @Test
  void aSnapshotWaitsForTheMergedFiles() throws Exception {
    picture.slots(0, 600, 10);
    assertThat(plan(601, Optional.of(DAY))).noneMatch(merge -> merge.startsWith("9:"));
  }

  @Test
  void aSnapshotIsDueWhenTheWayFromTheLastOneIsTooLong() throws Exception {
    picture.slots(0, 790, 10).merged(3, 0, 90).merged(3, 90, 190).merged(3, 190, 300);
    picture.snapshot(300).merged(3, 300, 590).merged(3, 590, 690);
    assertThat(plan(701, Optional.of(DAY))).noneMatch(merge -> merge.startsWith("9:0-690"));
    picture.merged(3, 690, 790);
    assertThat(plan(791, Optional.of(DAY))).contains("9:0-790 of 4");
  }

  @Test
  void noSnapshotIfNothingChanged() throws Exception {
    picture.slots(0, 390, 10).snapshot(390);
    assertThat(plan(100_000, Optional.of(DAY))).noneMatch(merge -> merge.startsWith("9:"));
  }

  @Test
  void aPinInsideAMergedFileGetsAFileOfItsOwn() throws Exception {
    picture.slots(0, 120, 10).merged(1, 0, 50).merged(3, 0, 90).merged(2, 90, 110).pin("p", 73);
    assertThat(plan(121)).containsExactly("1:50-73 of 3");
    picture.merged(1, 50, 73);
    assertThat(plan(121)).isEmpty();
  }

  /// The window begins with a merged file that is not copied, so it is looked at again.
  @Test
  void whatBeginsWithAnotherPageSizeIsMadeOnceThoughItIsLargerThanItsSegments() throws Exception {
    picture.slots(0, 90, 10).merged(1, 0, 70).snapshot(90);
    pageSizeChanges.add(71L);
    assertThat(plan(1000)).containsExactly("3:70-90 of 2");
    picture.merged(3, 70, 90, 9_999);
    assertThat(plan(1000)).isEmpty();
  }

  @Test
  void aPinGetsItsFileOnceThoughNothingLeadsToTheBoundary() throws Exception {
    picture.boundary(50).cover(Merge.SNAPSHOT, 0, 50, Picture.LONG_AGO, View.Finding.DAMAGED);
    picture.slots(50, 120, 10).merged(3, 50, 90).merged(2, 90, 110).pin("p", 73);
    assertThat(plan(121)).containsExactly("1:50-73 of 3");
    picture.merged(1, 50, 73);
    assertThat(plan(121)).isEmpty();
  }

  @Test
  void aPinBehindTheMergedFilesWaits() throws Exception {
    picture.slots(0, 120, 10).merged(3, 0, 90).merged(2, 90, 110).pin("p", 115);
    assertThat(plan(121)).isEmpty();
  }
}
