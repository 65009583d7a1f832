package dev.tidemark.retention.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Any number of maintainers, interleaved at random with pauses of any length, lose nothing that is
/// promised; and each rule is needed. `-Dschedules=N` tries more.
class ConcurrentMaintainersTest {
  private static final int SCHEDULES = Integer.getInteger("schedules", 4_000);
  private static final long FIRST_SEED = Long.getLong("seed", 1);

  private static final Schedule.World ANY_SETTINGS =
      new Schedule.World(5, 3, 150, false, false, true);
  private static final Schedule.World WITHOUT_PINS =
      new Schedule.World(5, 3, 400, false, false, false);
  private static final Schedule.World ONE_POLICY =
      new Schedule.World(6, 3, 300, false, true, false);
  private static final Schedule.World ONE_POLICY_AND_LEVELS =
      new Schedule.World(8, 3, 300, true, true, true);

  @Test
  void whateverTheirSettingsAreNothingPromisedIsLost() {
    holds(ANY_SETTINGS);
    holds(WITHOUT_PINS);
  }

  @Test
  void withOnePolicyEveryBucketOfItKeepsAPosition() {
    holds(ONE_POLICY);
  }

  @Test
  void withOnePolicyAndOneSetOfLevelsTheLastPositionOfEachBucketStays() {
    holds(ONE_POLICY_AND_LEVELS);
  }

  private static void holds(Schedule.World world) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      Schedule schedule = new Schedule(world, EnumSet.noneOf(Rule.class), seed, false);
      String lost = schedule.run();
      if (!lost.isEmpty()) {
        Schedule told = new Schedule(world, EnumSet.noneOf(Rule.class), seed, true);
        told.run();
        assertThat(lost)
            .describedAs("%s, seed %d:%n%s", world, seed, String.join("\n", told.story()))
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Rule.class, mode = EnumSource.Mode.EXCLUDE, names = "VERIFIED_BEFORE_LISTING")
  void eachRuleIsNeeded(Rule rule) {
    Schedule.World world = rule == Rule.UNCROSSED_WAY ? WITHOUT_PINS : ANY_SETTINGS;
    boolean isLost =
        IntStream.range(1, 60_000)
            .anyMatch(seed -> !new Schedule(world, Set.of(rule), seed, false).run().isEmpty());
    assertThat(isLost).describedAs("something is lost without %s", rule).isTrue();
  }

  /// Rare by chance: two covers that cross are stored while a listing is under way, so that each of
  /// two maintainers sees only one of them.
  @Test
  void aCoverThatIsReadAfterTheListingMayHideThatItIsCrossed() {
    assertThat(twoThatCross(true)).isEqualTo("the boundary 3");
    assertThat(twoThatCross(false)).isEmpty();
  }

  private static String twoThatCross(boolean isReadAfterListing) {
    ModelBucket bucket = new ModelBucket(4, EnumSet.noneOf(Rule.class));
    for (int i = 1; i <= 4; i++) {
      bucket.append();
      bucket.put(bucket.covers.id(1, i - 1, i), true);
    }
    bucket.boundary = 3;
    int promised = 1 << 3;
    int upper = bucket.covers.id(1, 1, 3);
    int lower = bucket.covers.id(2, 0, 2);

    Listing first = new Listing(bucket, wholePages());
    for (int request = 0; request < 4; request++) {
      first.step();
    }
    bucket.put(upper, true);
    Listing second = new Listing(bucket, wholePages());
    second.finish();
    bucket.put(lower, true);
    first.finish();
    if (!isReadAfterListing) {
      first = new Listing(bucket, wholePages());
      first.finish();
    }
    for (int id : first.sight().drops(bucket, only(bucket, lower), promised)) {
      bucket.delete(id);
    }
    for (int id : second.sight().drops(bucket, only(bucket, upper), promised)) {
      bucket.delete(id);
    }
    return bucket.lost();
  }

  private static Ground only(ModelBucket bucket, int id) {
    Ground ground = new Ground(bucket.positions);
    ground.add(id);
    return ground;
  }

  /// Lists each level in one request.
  private static Random wholePages() {
    return new Random() {
      @Override
      public int nextInt(int bound) {
        return bound - 1;
      }
    };
  }
}
