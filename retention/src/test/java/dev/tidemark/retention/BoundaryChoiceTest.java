package dev.tidemark.retention;

import static dev.tidemark.retention.Picture.LONG_AGO;
import static dev.tidemark.retention.Picture.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Transaction n happens n minutes after the epoch.
class BoundaryChoiceTest {
  private static final RetentionSettings SETTINGS =
      new RetentionSettings(Duration.ofMinutes(10), Duration.ofMinutes(60), Duration.ofHours(24));

  private final Picture picture = new Picture().times(txid -> Instant.ofEpochSecond(60 * txid));
  private KeepPolicy policy = KeepPolicy.parse("transactions=0s");

  private RetentionPlan plan(long now) {
    return RetentionPlan.of(picture.view(), policy, SETTINGS, picture.time(now));
  }

  @Test
  void theBoundaryMovesToTheLastPositionThatCoversLeadTo() {
    picture.slots(0, 100, 10).merged(3, 0, 60).merged(1, 60, 80);
    assertThat(plan(200).boundary()).contains(at(80));
  }

  @Test
  void everyTransactionIsKeptForAsLongAsThePolicySays() {
    picture.slots(0, 100, 10).merged(3, 0, 60).merged(1, 60, 80);
    policy = KeepPolicy.parse("transactions=60m");
    assertThat(plan(139).boundary()).contains(at(60));
    assertThat(plan(140).boundary()).contains(at(80));
    assertThat(plan(119).boundary()).isEmpty();
  }

  @Test
  void theBoundaryWaitsForTheGraceTime() {
    picture.slots(0, 100, 10).merged(3, 0, 60);
    assertThat(plan(69).boundary()).isEmpty();
    assertThat(plan(70).boundary()).contains(at(60));
  }

  @Test
  void theLastSegmentStaysAboveTheBoundary() {
    picture.slots(0, 100, 10).merged(3, 0, 100).merged(2, 0, 90);
    assertThat(plan(200).boundary()).contains(at(90));
  }

  @Test
  void theBoundaryIsWhereASegmentEnds() {
    picture.slots(0, 100, 10).merged(3, 0, 60).merged(1, 60, 75);
    assertThat(plan(200).boundary()).contains(at(60));
  }

  @Test
  void theBoundaryMovesAlongVerifiedCoversOnly() {
    picture.slots(0, 100, 10).merged(3, 0, 60).cover(1, 60, 80, LONG_AGO, View.Finding.UNKNOWN);
    assertThat(plan(200).boundary()).contains(at(60));
  }

  @Test
  void theBoundaryDoesNotPassALiveReplica() {
    picture.slots(0, 100, 10).merged(3, 0, 60).merged(1, 60, 80).replica("r", 79);
    assertThat(plan(200).boundary()).contains(at(60));
  }

  @Test
  void aReplicaThatIsTooFarBehindIsNotWaitedFor() {
    picture.slots(0, 2000, 10).merged(3, 0, 1000).replica("r", 500);
    assertThat(plan(3000).boundary()).contains(at(1000));
  }

  @Test
  void theBoundaryMovesOnceAnHourAtMost() {
    picture.boundary(60, picture.time(100)).merged(3, 0, 60).merged(1, 60, 80).slots(60, 100, 10);
    assertThat(plan(159).boundary()).isEmpty();
    assertThat(plan(160).boundary()).contains(at(80));
  }

  @Test
  void theBoundaryWaitsForAFileUpToAPin() {
    picture.slots(0, 100, 10).merged(3, 0, 60).merged(1, 60, 80).pin("p", 66);
    assertThat(plan(200).boundary()).contains(at(60));
    assertThat(plan(200).pinsFirst()).extracting(View.Pin::name).containsExactly("p");
    picture.merged(1, 60, 66);
    assertThat(plan(200).boundary()).contains(at(80));
  }

  /// The file from 50 to 110 is gone: nothing but segments leads to 110, the last of its hour, from
  /// which another one leads on. The snapshot leads across it.
  @Test
  void theBoundaryWaitsForAFileUpToWhatWouldBePromisedBehindIt() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.slots(0, 200, 10).merged(3, 0, 50).merged(3, 110, 170).snapshot(170);
    assertThat(plan(300).endsFirst()).containsExactly(at(110));
    assertThat(plan(300).boundary()).contains(at(50));
    picture.merged(1, 50, 110);
    assertThat(plan(300).endsFirst()).isEmpty();
    assertThat(plan(300).boundary()).contains(at(170));
  }

  @Test
  void theBoundaryWaitsForNothingThatNoRulePromises() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.slots(0, 200, 10).merged(1, 70, 90).merged(3, 0, 100).merged(3, 100, 170);
    assertThat(plan(300).boundary()).contains(at(170));
    policy = KeepPolicy.parse("hourly=1h");
    picture.merged(1, 50, 110);
    assertThat(plan(300).boundary()).contains(at(170));
  }

  @Test
  void theBoundaryWaitsForNothingThatIsLostAnyway() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.slots(0, 60, 10).slots(70, 200, 10);
    picture.merged(3, 0, 50).merged(3, 110, 170).snapshot(170);
    assertThat(plan(300).boundary()).contains(at(170));
  }

  @Test
  void theBoundaryDoesNotMoveAlongACrossedCoverThatBeginsBelowIt() {
    picture.boundary(50).snapshot(50).merged(1, 0, 40).merged(1, 40, 60).slots(50, 100, 10);
    // Whoever does not know the file from 40 to 60 may be about to delete the one up to 40.
    assertThat(plan(200).boundary()).isEmpty();
    picture.merged(1, 50, 60);
    assertThat(plan(200).boundary()).contains(at(60));
  }

  @Test
  void theBoundaryMovesAlongACoverAroundIt() {
    picture.boundary(50).merged(1, 0, 50).merged(2, 0, 60).slots(50, 100, 10);
    assertThat(plan(200).boundary()).contains(at(60));
  }
}
