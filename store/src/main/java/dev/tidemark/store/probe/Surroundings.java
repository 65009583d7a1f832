package dev.tidemark.store.probe;

import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.probe.StoreProbe.Check;
import dev.tidemark.store.probe.StoreProbe.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What is no promise of a store, and worth knowing all the same.
final class Surroundings {
  /// The server's clock is told to the second, and the answer takes its time.
  private static final long EQUAL_SECONDS = 2;

  /// S3 refuses requests of a clock that is 15 minutes wrong.
  private static final long WARN_SECONDS = 60;

  private final StoreInsight insight;
  private final InstantSource clock;

  Surroundings(StoreInsight insight, InstantSource clock) {
    this.insight = insight;
    this.clock = clock;
  }

  Optional<Check> clock() throws InterruptedException {
    try {
      Instant before = clock.instant();
      Optional<Instant> server = insight.serverTime();
      Duration half = Duration.between(before, clock.instant()).dividedBy(2);
      return server.map(time -> clock(Duration.between(before.plus(half), time).toSeconds()));
    } catch (StoreException _) {
      // What keeps requests from being answered was told already.
      return Optional.empty();
    }
  }

  private static Check clock(long ahead) {
    if (Math.abs(ahead) <= EQUAL_SECONDS) {
      return new Check("clock", Result.OK, "the store's is the same as this machine's");
    }
    String skew =
        "the store's is %d s %s this machine's"
            .formatted(Math.abs(ahead), ahead > 0 ? "ahead of" : "behind");
    return Math.abs(ahead) < WARN_SECONDS
        ? new Check("clock", Result.OK, skew)
        : new Check(
            "clock",
            Result.WARNING,
            skew
                + ": harmless for the log, but times in it are this machine's, and S3 refuses"
                + " requests from 15 min on");
  }

  Optional<Check> lifecycle() throws InterruptedException {
    List<String> rules = insight.lifecycleRules();
    return rules.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Check(
                "life-cycle rules",
                Result.WARNING,
                "the bucket has rules that make holes in a log, which cannot be restored beyond"
                    + " them; keep this prefix out of: "
                    + String.join("; ", rules)));
  }
}
