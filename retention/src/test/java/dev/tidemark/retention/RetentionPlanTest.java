package dev.tidemark.retention;

import static dev.tidemark.retention.Picture.LONG_AGO;
import static dev.tidemark.retention.Picture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Transaction n happens n minutes after the epoch.
class RetentionPlanTest {
  private static final RetentionSettings SETTINGS =
      new RetentionSettings(Duration.ofMinutes(10), Duration.ofMinutes(60), Duration.ofHours(24));

  private final Picture picture = new Picture().times(txid -> Instant.ofEpochSecond(60 * txid));
  private KeepPolicy policy = KeepPolicy.parse("transactions=0s");

  private RetentionPlan plan(long now) {
    return RetentionPlan.of(picture.view(), policy, SETTINGS, picture.time(now));
  }

  private List<String> drops(long now) {
    return plan(now).drops().stream().map(drop -> drop.item().key().text()).toList();
  }

  private static String key(int level, long before, long last) {
    return Picture.key(level, before, last).text();
  }

  @Test
  void whatNothingLeadsToAnyMoreIsLostAsLongAsItIsPromised() {
    policy = KeepPolicy.parse("hourly=3h");
    picture.boundary(170).slots(170, 200, 10);
    picture.merged(3, 0, 50).merged(3, 80, 119).merged(3, 119, 170).snapshot(170);
    assertThat(plan(200).lost()).containsExactly(at(119));
    assertThat(drops(200)).containsExactly(key(3, 119, 170));
    assertThat(plan(351).lost()).isEmpty();
    assertThat(drops(351)).hasSize(3);
  }

  @Test
  void whatIsLostHoldsUpNoSegmentBehindIt() {
    picture.boundary(90).merged(3, 0, 30).merged(3, 30, 90).slots(0, 120, 30).pin("p", 45);
    assertThat(plan(200).lost()).containsExactly(at(45));
    assertThat(drops(200)).containsExactly(ObjectKey.Slot.after(at(60)).text());
  }

  @Test
  void slotsBelowTheBoundaryGoOnceTheGraceTimeIsOver() {
    picture.boundary(60, picture.time(190)).merged(3, 0, 60).slots(0, 100, 30);
    assertThat(drops(199)).isEmpty();
    assertThat(drops(200)).hasSize(2).allMatch(key -> key.startsWith("log/"));
  }

  @Test
  void slotsStayWhileACoverOfTheirsIsNotVerified() {
    picture.boundary(60).merged(3, 0, 30).cover(3, 30, 60, LONG_AGO, View.Finding.UNKNOWN);
    picture.slots(0, 100, 30);
    assertThat(drops(200)).isEmpty();
  }

  @Test
  void whatLiesBeforeASlotNeedNotBeReadForIt() {
    picture.boundary(60).cover(3, 0, 30, LONG_AGO, View.Finding.UNKNOWN).merged(3, 30, 60);
    picture.slots(30, 100, 30);
    assertThat(drops(200)).hasSize(1);
  }

  @Test
  void slotsStayWhileAPinIsOutOfReach() {
    picture.boundary(60).merged(3, 0, 60).slots(0, 100, 30).pin("p", 45);
    assertThat(drops(200)).isEmpty();
    assertThat(plan(200).lost()).containsExactly(at(45));
  }

  @Test
  void aCoverGoesBecauseOfAHigherOneThatContainsIt() {
    picture.boundary(60).merged(1, 0, 30).merged(1, 30, 60).merged(2, 0, 60);
    assertThat(plan(200).drops())
        .extracting(
            drop -> drop.item().key().text(), drop -> drop.justification().getFirst().key().text())
        .containsExactly(tuple(key(1, 0, 30), key(2, 0, 60)), tuple(key(1, 30, 60), key(2, 0, 60)));
  }

  @Test
  void nothingGoesBecauseOfSomethingLower() {
    picture.boundary(60).merged(3, 0, 30).merged(2, 0, 60);
    assertThat(drops(200)).isEmpty();
  }

  @Test
  void ofTwoFilesOfOneLevelTheLongerOneStays() {
    picture.boundary(60).merged(2, 0, 30).merged(2, 0, 60);
    assertThat(drops(200)).containsExactly(key(2, 0, 30));
  }

  @Test
  void nothingGoesBecauseOfACrossedCover() {
    picture.boundary(80).merged(1, 0, 30).merged(2, 0, 60).merged(1, 40, 80).snapshot(80);
    assertThat(drops(200)).contains(key(1, 0, 30), key(2, 0, 60), key(1, 40, 80));
    Picture crossed = new Picture().times(picture::time).boundary(80);
    crossed.merged(1, 0, 30).merged(2, 0, 60).merged(1, 40, 80).merged(1, 60, 80).merged(1, 30, 40);
    assertThat(RetentionPlan.of(crossed.view(), policy, SETTINGS, picture.time(200)).drops())
        .isEmpty();
  }

  @Test
  void nothingGoesBecauseOfACoverThatWasNotRead() {
    picture.boundary(60).merged(1, 0, 30).merged(1, 30, 60);
    picture.cover(2, 0, 60, LONG_AGO, View.Finding.UNKNOWN);
    assertThat(drops(200)).isEmpty();
    assertThat(
            RetentionPlan.of(picture.view().assumingSound(), policy, SETTINGS, picture.time(200))
                .drops())
        .hasSize(2);
  }

  @Test
  void youngObjectsNeitherGoNorJustify() {
    picture.boundary(60).merged(1, 0, 30).cover(2, 0, 60, picture.time(191), View.Finding.VERIFIED);
    picture.merged(1, 30, 60);
    assertThat(drops(200)).isEmpty();
    assertThat(drops(201)).hasSize(2);
  }

  @Test
  void nothingAboveTheBoundaryGoes() {
    picture.boundary(30).merged(1, 0, 30).merged(1, 30, 60).merged(2, 30, 90).slots(30, 120, 30);
    assertThat(drops(200)).isEmpty();
  }

  @Test
  void theLastPositionOfEachHourStays() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.boundary(150).merged(1, 0, 30).merged(1, 30, 59).merged(1, 59, 100);
    picture.merged(1, 100, 119).merged(1, 119, 150).snapshot(150);
    // 59 and 119 end their hours, 150 is the boundary; no single file leads to 59 or 119.
    assertThat(drops(200)).containsExactly(key(1, 119, 150));
    picture.merged(2, 59, 119);
    assertThat(drops(200)).containsExactly(key(1, 59, 100), key(1, 100, 119), key(1, 119, 150));
  }

  @Test
  void whatNoRulePromisesAnyMoreGoesWithALaterSnapshot() {
    policy = KeepPolicy.parse("hourly=1h");
    picture.boundary(150).merged(3, 0, 59).merged(3, 59, 119).snapshot(150);
    assertThat(drops(160)).isEmpty();
    // An hour and a minute after 119 only the boundary is promised.
    assertThat(drops(180)).containsExactly(key(3, 0, 59), key(3, 59, 119));
  }

  @Test
  void aPinKeepsWhatLeadsToIt() {
    picture.boundary(150).merged(3, 0, 59).merged(3, 59, 119).snapshot(150).pin("p", 59);
    assertThat(drops(2000)).containsExactly(key(3, 59, 119));
    assertThat(plan(2000).restorable())
        .extracting(Restorable::what)
        .containsExactly("every transaction", "pin p at " + at(59));
  }

  @Test
  void saysWhatWasNotRead() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.boundary(150).merged(3, 0, 59).merged(3, 119, 150).pin("p", 59);
    picture.cover(3, 59, 119, LONG_AGO, View.Finding.UNKNOWN);
    assertThat(plan(200).restorable())
        .extracting(Restorable::toString)
        .containsExactly(
            "every transaction since " + picture.time(150),
            "hourly since %s: 3, 2 of them not read".formatted(picture.time(59)),
            "pin p at %s: 1".formatted(at(59)));
    assertThat(plan(2000).restorable().getLast().toString()).doesNotContain("not read");
  }

  @Test
  void aPinThatIsLostIsNotSaidToBeKept() {
    picture.boundary(60).merged(3, 0, 60).pin("p", 45);
    assertThat(plan(200).restorable())
        .extracting(Restorable::what)
        .containsExactly("every transaction");
  }

  @Test
  void keepAllDeletesNothing() {
    policy = KeepPolicy.parse("all");
    picture.boundary(60).merged(1, 0, 30).merged(1, 30, 60).merged(2, 0, 60).slots(0, 100, 10);
    assertThat(plan(2000).drops()).isEmpty();
    assertThat(plan(2000).boundary()).isEmpty();
    assertThat(plan(2000).decisions()).hasSize(13);
  }

  @Test
  void saysWhyEachObjectStaysOrGoes() {
    policy = KeepPolicy.parse("hourly=1d");
    picture.boundary(119).merged(1, 0, 30).merged(2, 0, 59).merged(2, 59, 119).slots(119, 130, 11);
    assertThat(plan(200).decisions())
        .extracting(Decision::reason)
        .containsExactly(
            "above the boundary",
            key(2, 0, 59) + " contains it, and nothing in between is promised",
            "hourly 1970-01-01T00",
            "the boundary, hourly 1970-01-01T01");
  }

  @Test
  void plansAHundredThousandCovers() {
    long hours = 25_000;
    picture.boundary(60 * hours);
    for (long hour = 0; hour < hours; hour++) {
      picture.merged(3, 60 * hour, 60 * hour + 60);
      picture.merged(1, 60 * hour, 60 * hour + 30).merged(1, 60 * hour + 30, 60 * hour + 60);
      picture.snapshot(60 * hour + 60);
    }
    policy = KeepPolicy.parse("hourly=7d,daily=30d,monthly=1y");
    assertThat(plan(60 * hours + 100).drops()).hasSizeGreaterThan(99_000);
  }
}
