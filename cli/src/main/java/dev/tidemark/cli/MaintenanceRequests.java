package dev.tidemark.cli;

import dev.tidemark.retention.Levels;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.util.List;

/// What the runs of maintenance in a day ask of a store, as docs/retention.md has it: in each run
/// some looks at the log and a read of every index frame of a cover; and in a day a read of each
/// segment, and three of each file that is made of them. With the levels and the pace of the
/// boundary that are the default.
record MaintenanceRequests(double runs, double puts, double lists, double gets) {
  private static final double DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final int LOOKS = 5;
  private static final int LISTED_AT_ONCE = 1_000;

  /// In each look: `database.json` and the next boundary record.
  private static final int RECORDS = 2;

  /// In each look: pins and replicas.
  private static final int RECORD_LISTS = 2;

  private static final int READS_OF_A_FILE = 3;
  private static final int BOUNDARY_MOVES_MAX = 24;

  /// `interval` is from one run to the next, as long as anything new is stored.
  static MaintenanceRequests of(Chain chain, int pins, Growth growth, Duration interval) {
    double millis = Math.max(1_000, interval.toMillis());
    double runs = Math.min(DAY_MILLIS / millis, growth.segments());
    double files = runs == 0 ? 0 : runs * files(millis, growth.segments() / runs);
    double snapshots = Math.min(1, runs);
    double gets = chain.covers().size() + (double) LOOKS * (RECORDS + pins);
    return new MaintenanceRequests(
        runs,
        files + snapshots + Math.min(runs, BOUNDARY_MOVES_MAX),
        runs * LOOKS * (lists(chain) + RECORD_LISTS),
        runs * gets + growth.segments() + READS_OF_A_FILE * (files + snapshots));
  }

  /// Made by one run: of the highest level one for each window since the run before, of the lower
  /// ones those behind the last window of the next level, which is half of what fits into it.
  private static double files(double millis, double segments) {
    List<Duration> windows = Levels.DEFAULT.windows();
    double files = 0;
    for (int i = 0; i < windows.size(); i++) {
      double window = windows.get(i).toMillis();
      double made = millis / window;
      if (i + 1 < windows.size()) {
        made = Math.min(made, (windows.get(i + 1).toMillis() / window - 1) / 2);
      }
      files += Math.min(made, segments);
    }
    return files;
  }

  private static long lists(Chain chain) {
    long merged =
        chain.covers().stream().filter(it -> it.key() instanceof ObjectKey.Merged).count();
    return pages(chain.slots().size() + (long) chain.below().size())
        + pages(merged)
        + pages(chain.covers().size() - merged);
  }

  private static long pages(long objects) {
    return Math.max(1, Math.ceilDiv(objects, LISTED_AT_ONCE));
  }
}
