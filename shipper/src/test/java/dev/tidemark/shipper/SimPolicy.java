package dev.tidemark.shipper;

import dev.tidemark.retention.Granularity;
import dev.tidemark.retention.KeepPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What maintainers of a simulated bucket keep: each transaction for a while, then the last
/// position of each hour and of each day for a while; none if that is zero.
record SimPolicy(Duration transactions, Duration hourly, Duration daily) {
  private static final List<Duration> WHILES =
      List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2), Duration.ofHours(1));
  private static final List<Duration> HOURLY =
      List.of(Duration.ZERO, Duration.ofHours(1), Duration.ofHours(5), Duration.ofDays(7));
  private static final List<Duration> DAILY = List.of(Duration.ZERO, Duration.ofDays(2));

  static SimPolicy random(RandomGenerator random) {
    return new SimPolicy(
        WHILES.get(random.nextInt(WHILES.size())),
        HOURLY.get(random.nextInt(HOURLY.size())),
        DAILY.get(random.nextInt(DAILY.size())));
  }

  /// One rule: a position in each bucket of time.
  record Rule(Duration bucket, Duration span) {
    long bucketOf(Instant time) {
      return Math.floorDiv(time.toEpochMilli(), bucket.toMillis());
    }

    boolean isWithin(Instant time, Instant now) {
      return !time.isBefore(now.minus(span));
    }
  }

  List<Rule> rules() {
    return List.of(new Rule(Duration.ofHours(1), hourly), new Rule(Duration.ofDays(1), daily))
        .stream()
        .filter(rule -> rule.span().isPositive())
        .toList();
  }

  /// As the maintainer takes it.
  KeepPolicy keep() {
    List<KeepPolicy.Rule> rules = new ArrayList<>();
    if (hourly.isPositive()) {
      rules.add(new KeepPolicy.Rule(Granularity.HOURLY, hourly));
    }
    if (daily.isPositive()) {
      rules.add(new KeepPolicy.Rule(Granularity.DAILY, daily));
    }
    return new KeepPolicy.Rules(transactions, rules);
  }
}
