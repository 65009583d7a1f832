package dev.tidemark.shipper;

import dev.tidemark.retention.KeepPolicy;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Settings of maintainers that fit the time of a simulation: seconds of work, and hours between.
final class SimOptions {
  private static final List<Duration> WINDOWS =
      List.of(Duration.ofMillis(5), Duration.ofMillis(100), Duration.ofMillis(500));
  private static final List<Integer> FACTORS = List.of(2, 5, 20, 720);
  private static final List<Optional<Duration>> SNAPSHOTS =
      List.of(
          Optional.empty(),
          Optional.of(Duration.ZERO),
          Optional.of(Duration.ofMillis(200)),
          Optional.of(Duration.ofSeconds(5)),
          Optional.of(Duration.ofHours(1)));
  private static final List<Duration> GRACE =
      List.of(Duration.ZERO, Duration.ZERO, Duration.ofMillis(300), Duration.ofHours(1));
  private static final List<Duration> BOUNDARY_EVERY =
      List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(1));

  /// No replica is so far behind, whatever the clocks say: the judge waits for each of them.
  private static final Duration REPLICA_LAG = Duration.ofDays(365);

  private SimOptions() {}

  /// One to three windows.
  static Levels levels(RandomGenerator random) {
    List<Duration> windows = new ArrayList<>();
    windows.add(any(WINDOWS, random));
    for (int i = random.nextInt(3); i > 0; i--) {
      windows.add(windows.getLast().multipliedBy(any(FACTORS, random)));
    }
    return new Levels(windows);
  }

  /// Mostly all of the steps, with whatever settings.
  static MaintainOptions random(RandomGenerator random, Levels levels, SimPolicy policy) {
    KeepPolicy keep = random.nextInt(12) == 0 ? new KeepPolicy.All() : policy.keep();
    return new MaintainOptions(
        random.nextInt(8) == 0 ? Optional.empty() : Optional.of(levels),
        any(SNAPSHOTS, random),
        random.nextInt(8) == 0 ? Optional.empty() : Optional.of(keep),
        new RetentionSettings(any(GRACE, random), any(BOUNDARY_EVERY, random), REPLICA_LAG),
        random.nextInt(16) == 0);
  }

  private static <T> T any(List<T> of, RandomGenerator random) {
    return of.get(random.nextInt(of.size()));
  }
}
