package dev.tidemark.bench;

import dev.tidemark.ltx.Txid;
import dev.tidemark.retention.Granularity;
import dev.tidemark.retention.KeepPolicy;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.testing.BusyDays;
import dev.tidemark.store.testing.LongLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A long history of a small database, with real segments and the real maintainer; run by
/// `ci/history`, which says with what arguments.
final class History {
  /// A Monday.
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);
  private static final int POSITIONS = 300;
  private static final int ROUNDS = 5;
  private static final double PLANNING_MAX = 1;
  private static final double MEDIAN_MAX = 40;

  /// Kept, so that its level is.
  private static final Logger LOG = Logger.getLogger("dev.tidemark");

  private final Map<String, String> arguments = new HashMap<>();
  private final KeepPolicy.Rules keep;
  private final int daysOfYear;

  private History(String[] args) {
    for (String argument : args) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("not NAME=VALUE: " + argument);
      }
      arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    String policy = arguments.getOrDefault("keep", KeepPolicy.DEFAULT.toString());
    keep = (KeepPolicy.Rules) KeepPolicy.parse(policy);
    daysOfYear = (int) number("days", 365);
  }

  public static void main(String[] args) throws Exception {
    // What each run made is of no interest here.
    LOG.setLevel(Level.WARNING);
    new History(args).run();
  }

  private long number(String name, long otherwise) {
    return Long.parseLong(arguments.getOrDefault(name, String.valueOf(otherwise)));
  }

  private void run() throws Exception {
    long seed = number("seed", 1);
    long transactions = number("transactions", 1_000_000);
    int byWindows = (int) number("daemon", 2);
    System.out.printf(
        "%d cores, Java %s, load average before: %s%nkeep=%s%n%n%s%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().feature(),
        load(),
        keep,
        Row.HEAD);
    Path scratch = Files.createTempDirectory("tidemark-history");
    try {
      LongLog log = new LongLog(seed, START);
      BusyDays days = new BusyDays(seed, START, daysOfYear, transactions);
      HistoryLife life = new HistoryLife(log, days, keep, scratch);
      long start = System.nanoTime();
      for (int day = 0; day < daysOfYear; day++) {
        life.day(day);
      }
      year(life, (System.nanoTime() - start) / 1e9);
      stored(life, DAY);
      daily(life);
      HistoryPlans plans = new HistoryPlans(log);
      sizes("after a run a day", plans.recent(POSITIONS), plans.hours(), -1);
      planning(plans, log);
      for (int day = daysOfYear; day < daysOfYear + byWindows; day++) {
        life.dayByWindows(day);
      }
      if (byWindows > 0) {
        long ladder = Levels.DEFAULT.planMax(MaintainOptions.SNAPSHOT_EVERY, SYNC_INTERVAL);
        sizes("windows merged as they close", plans.recent(POSITIONS), plans.hours(), ladder);
        windows(life);
        planning(plans, log);
      }
    } finally {
      Files.delete(scratch);
    }
    System.out.printf("%nload average after: %s%n", load());
  }

  private static void year(HistoryLife life, double seconds) {
    print(
        Row.info(
            "%d transactions, s to write and maintain".formatted(life.log.history().count()),
            life.segments() + " segments",
            seconds));
  }

  private void stored(HistoryLife life, Duration runEvery) {
    Map<String, Integer> counts = new HashMap<>();
    long bytes = 0;
    for (var object : life.log.store().objects().entrySet()) {
      String folder = object.getKey().substring(0, object.getKey().indexOf('/') + 1);
      counts.merge(folder, 1, Integer::sum);
      bytes += object.getValue().length;
    }
    Levels levels = Levels.DEFAULT;
    RetentionSettings settings = life.options().settings();
    Duration hour = levels.window(levels.highest());
    Duration young = keep.transactions().plus(hour).plus(settings.grace());
    young = young.plus(settings.boundaryEvery()).plus(runEvery);
    long segments = life.segmentsWithin(young);
    print(Row.atMost("segments", "", count(counts, ObjectKey.LOG), (double) segments));
    long files = keep.transactions().plus(DAY).plus(runEvery).dividedBy(hour);
    long snapshots = 2;
    for (KeepPolicy.Rule rule : keep.rules()) {
      long fine = rule.span().plus(DAY).plus(runEvery).dividedBy(hour);
      files = rule.unit() == Granularity.HOURLY ? Math.max(files, fine) : files;
      snapshots += rule.unit() == Granularity.HOURLY ? 0 : rule.span().dividedBy(unit(rule)) + 1;
    }
    print(Row.atMost("merged files", "", count(counts, ObjectKey.MERGED), (double) files));
    print(Row.atMost("snapshots", "", count(counts, ObjectKey.SNAPSHOTS), (double) snapshots));
    int records = count(counts, "boundary/");
    print(Row.atMost("boundary records", "", records, life.daily().size()));
    int all = life.log.store().objects().size();
    long limit = segments + files + snapshots + life.daily().size() + 1;
    print(
        Row.atMost(
            "objects in all", all - records + " without those records", all, (double) limit));
    double mean = (double) bytesOf(life, ObjectKey.LOG) / count(counts, ObjectKey.LOG);
    double most = segments * mean * 2 + (files + snapshots) * (double) LongLog.COVER_BYTES_MAX;
    print(
        Row.atMost(
            "KiB in all", "a segment has %.0f".formatted(mean), bytes / 1024.0, most / 1024));
  }

  private static Duration unit(KeepPolicy.Rule rule) {
    return switch (rule.unit()) {
      case HOURLY -> Duration.ofHours(1);
      case DAILY -> DAY;
      case WEEKLY -> DAY.multipliedBy(7);
      case MONTHLY -> DAY.multipliedBy(28);
      case YEARLY -> DAY.multipliedBy(365);
    };
  }

  private static int count(Map<String, Integer> counts, String folder) {
    return counts.getOrDefault(folder, 0);
  }

  private static long bytesOf(HistoryLife life, String folder) {
    return life.log.store().objects().entrySet().stream()
        .filter(object -> object.getKey().startsWith(folder))
        .mapToLong(object -> object.getValue().length)
        .sum();
  }

  /// The last day, and two with the same weekday: one of the second week, and one in the middle.
  private static void daily(HistoryLife life) {
    List<HistoryLife.Run> runs = life.daily();
    int last = runs.size() - 1;
    int first = last % 7 + (last >= 14 ? 7 : 0);
    line("maintenance of day " + (first + 1), runs.get(first));
    line("of the median day, by requests", median(runs));
    line("of day " + (last + 1), runs.get(last));
    int steady = first + (last - first) / 14 * 7;
    line("of day " + (steady + 1), runs.get(steady));
    print(
        Row.atMost(
            "requests of day %d ÷ day %d".formatted(last + 1, steady + 1),
            "",
            (double) runs.get(last).requests() / runs.get(steady).requests(),
            1.1));
  }

  private static void windows(HistoryLife life) {
    line("maintenance of a window, median", median(life.windows()));
    HistoryLife.Run most =
        life.windows().stream()
            .max(Comparator.comparingLong(HistoryLife.Run::requests))
            .orElseThrow();
    line("of the window that took most requests", most);
  }

  private static HistoryLife.Run median(List<HistoryLife.Run> runs) {
    return runs.stream()
        .sorted(Comparator.comparingLong(HistoryLife.Run::requests))
        .toList()
        .get(runs.size() / 2);
  }

  private static void line(String what, HistoryLife.Run run) {
    print(
        Row.info(
            what + ", s",
            "%d segments: %d requests, %d KiB ↓ %d KiB ↑"
                .formatted(
                    run.segments(), run.requests(), run.bytesDown() >> 10, run.bytesUp() >> 10),
            run.seconds()));
  }

  private static void sizes(String when, List<Integer> recent, List<Integer> hours, long ladder) {
    String what = "objects of a plan, " + when;
    String figures = "any of the last day; median %d".formatted(recent.get(recent.size() / 2));
    double median = recent.get(recent.size() / 2);
    print(
        ladder < 0
            ? Row.info(what + ", most", figures, recent.getLast())
            : Row.atMost(what + ", most", figures, recent.getLast(), (double) ladder));
    if (ladder >= 0) {
      print(Row.atMost(what + ", median", "any of the last day", median, MEDIAN_MAX));
    }
    print(
        Row.atMost(
            "the same, last ones of hours and days, most",
            "%d positions; median %d".formatted(hours.size(), hours.get(hours.size() / 2)),
            hours.getLast(),
            (double) MaintainOptions.SNAPSHOT_EVERY.toHours()));
  }

  private void planning(HistoryPlans plans, LongLog log) throws Exception {
    Duration answer = Duration.ofMillis(number("answer", 30));
    Instant middle = log.now().minus(Duration.ofHours(12));
    List<Map.Entry<String, RestoreTarget>> targets =
        List.of(
            Map.entry("the head", new RestoreTarget.Latest()),
            Map.entry(
                "a transaction", new RestoreTarget.AtTxid(new Txid(log.history().count() - 99))),
            Map.entry("a time", new RestoreTarget.AtTime(middle)));
    for (var target : targets) {
      for (int requests : new int[] {Chain.REQUESTS, 1}) {
        double[] seconds = new double[ROUNDS];
        HistoryPlans.Planned planned = plans.timed(target.getValue(), answer, requests);
        for (int i = 0; i < ROUNDS; i++) {
          planned = plans.timed(target.getValue(), answer, requests);
          seconds[i] = planned.seconds();
        }
        double median = Samples.median(seconds);
        String what = "planning of %s, %d at once, s".formatted(target.getKey(), requests);
        String figures =
            "%d requests, %d ms each; %d objects"
                .formatted(planned.requests(), answer.toMillis(), planned.objects());
        print(
            requests == 1
                ? Row.info(what, figures, median)
                : Row.atMost(what, figures, median, PLANNING_MAX));
      }
    }
  }

  private static void print(Row row) {
    System.out.println(row.line());
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }
}
