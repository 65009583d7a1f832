package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.retention.model.ModelAnswers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The product decides as the model of many maintainers does, whose rules were held to random
/// schedules. Transaction n happens n hours after the epoch.
class ModelAgreesTest {
  private static final int POSITIONS = 8;
  private static final List<View.Finding> FINDINGS = List.of(View.Finding.values());
  private static final RetentionSettings SETTINGS =
      new RetentionSettings(Duration.ZERO, Duration.ZERO, Duration.ofHours(24));

  @Test
  void onWhatGoesAndWhereTheBoundaryMayGo() {
    int dropped = 0;
    int moved = 0;
    for (long seed = 1; seed <= 20_000; seed++) {
      Comparison comparison = new Comparison(seed);
      dropped += comparison.drops();
      moved += comparison.moves();
    }
    assertThat(dropped).isGreaterThan(500);
    assertThat(moved).isGreaterThan(500);
  }

  /// One random picture, shown to both.
  private static final class Comparison {
    private final long seed;
    private final Random random;
    private final ModelAnswers model = new ModelAnswers(POSITIONS);
    private final Picture picture = new Picture().times(txid -> Instant.ofEpochSecond(3600 * txid));
    private final int hours;
    private final RetentionPlan plan;

    Comparison(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      int boundary = random.nextInt(POSITIONS - 1);
      if (boundary > 0) {
        picture.boundary(boundary);
      }
      model.log(POSITIONS, boundary);
      picture.slots(boundary, POSITIONS, 1);
      for (int i = random.nextInt(16); i > 0; i--) {
        cover();
      }
      if (random.nextInt(3) == 0) {
        int pin = 1 + random.nextInt(POSITIONS - 1);
        model.pin(pin);
        picture.pin("p", pin);
      }
      hours = random.nextInt(POSITIONS);
      KeepPolicy policy = KeepPolicy.parse("transactions=1h,hourly=" + hours + "h");
      Instant now = Instant.ofEpochSecond(3600 * POSITIONS);
      plan = RetentionPlan.of(picture.view(), policy, SETTINGS, now);
    }

    private void cover() {
      int before = random.nextInt(3) == 0 ? 0 : random.nextInt(POSITIONS - 1);
      int last = before + 1 + random.nextInt(POSITIONS - before);
      int level = before == 0 && random.nextBoolean() ? Merge.SNAPSHOT : 1 + random.nextInt(3);
      View.Finding finding = FINDINGS.get(random.nextInt(3));
      boolean isVerified = finding == View.Finding.VERIFIED;
      boolean isDamaged = finding == View.Finding.DAMAGED;
      if (model.add(level, before, last, isVerified, isDamaged)) {
        picture.cover(level, before, last, Picture.LONG_AGO, finding);
      }
    }

    /// The product keeps more: what replaces a cover must itself be on the way to a promise.
    int drops() {
      Set<String> drops = new HashSet<>();
      plan.drops().forEach(drop -> drops.add(drop.item().key().text()));
      Set<String> allowed =
          model.drops(hours, (level, before, last) -> Picture.key(level, before, last).text());
      assertThat(allowed).describedAs("seed %d", seed).containsAll(drops);
      return drops.size();
    }

    int moves() {
      if (plan.boundary().isEmpty()) {
        return 0;
      }
      long next = plan.boundary().get().txid().value();
      assertThat(model.boundaries(1)).describedAs("seed %d", seed).contains(next);
      return 1;
    }
  }
}
