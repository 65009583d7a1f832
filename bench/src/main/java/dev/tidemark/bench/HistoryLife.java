package dev.tidemark.bench;

import dev.tidemark.retention.KeepPolicy;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.MaintainReport;
import dev.tidemark.retention.Maintainer;
import dev.tidemark.retention.RetentionSettings;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.testing.BusyDays;
import dev.tidemark.store.testing.LongLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A log that is written and maintained day by day.
final class HistoryLife {
  /// What one run of maintenance cost, and for how many segments that were new.
  record Run(long segments, long requests, long bytesDown, long bytesUp, double seconds) {}

  private static final Levels LEVELS = Levels.DEFAULT;
  private static final Duration AFTER_MIDNIGHT = Duration.ofMinutes(10);

  final LongLog log;
  final BusyDays days;
  private final MaintainOptions options;
  private final Path scratch;
  private final List<Run> daily = new ArrayList<>();
  private final List<Run> windows = new ArrayList<>();

  /// How many segments there were in all when a time had come.
  private final TreeMap<Instant, Long> uploads = new TreeMap<>();

  /// When windows are closed in which there was something.
  private final TreeSet<Instant> due = new TreeSet<>();

  private long segments;
  private long maintained;

  HistoryLife(LongLog log, BusyDays days, KeepPolicy keep, Path scratch) {
    this.log = log;
    this.days = days;
    this.scratch = scratch;
    this.options =
        new MaintainOptions(
            Optional.of(LEVELS),
            Optional.of(MaintainOptions.SNAPSHOT_EVERY),
            Optional.of(keep),
            RetentionSettings.DEFAULT,
            false);
  }

  /// One day, maintained soon after midnight.
  void day(int day) throws Exception {
    for (BusyDays.Upload upload : days.day(day)) {
      ship(upload);
    }
    log.at(days.midnight(day + 1).plus(AFTER_MIDNIGHT));
    daily.add(maintain());
  }

  /// One day, maintained whenever a window is closed in which there was something.
  void dayByWindows(int day) throws Exception {
    for (BusyDays.Upload upload : days.day(day)) {
      while (!due.isEmpty() && !due.getFirst().isAfter(upload.at())) {
        log.at(due.removeFirst());
        windows.add(maintain());
      }
      ship(upload);
      for (int level = 1; level <= LEVELS.highest(); level++) {
        due.add(LEVELS.windowEnd(level, upload.at()).plus(LEVELS.window(1)));
      }
    }
  }

  private void ship(BusyDays.Upload upload) throws Exception {
    log.ship(upload);
    uploads.put(log.now(), ++segments);
  }

  private Run maintain() throws Exception {
    StoreMeter meter = new StoreMeter();
    long start = System.nanoTime();
    MaintainReport report =
        new Maintainer(new MeteredStore(log.store(), meter), scratch, log::now, ReadListener.NONE)
            .run(options);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!report.ok()) {
      throw new IllegalStateException("problems: " + report.problems());
    }
    long done = segments - maintained;
    maintained = segments;
    return new Run(done, meter.requests(), meter.bytesDown(), meter.bytesUp(), seconds);
  }

  MaintainOptions options() {
    return options;
  }

  /// Once a day.
  List<Run> daily() {
    return daily;
  }

  /// At each window that was closed.
  List<Run> windows() {
    return windows;
  }

  long segments() {
    return segments;
  }

  /// How many segments were stored within so much time.
  long segmentsWithin(Duration time) {
    return segments - uploads.headMap(log.now().minus(time)).size();
  }
}
