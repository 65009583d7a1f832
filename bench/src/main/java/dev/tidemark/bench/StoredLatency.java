package dev.tidemark.bench;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// From the return of an isolated commit to the daemon's word that it is stored.
///
/// As soon as the bucket's folder shows the new object, the daemon is asked to confirm (`sync`),
/// and the clock stops at its answer. Asking earlier would hurry it. The sync interval is set low
/// so that commits can follow each other sooner; each finds it over, like an isolated one.
record StoredLatency(Path root) {
  private static final int SAMPLES = 100;
  private static final int WARM_UP = 40;
  private static final int AFTER_REST = 8;
  private static final int WAITING = 50;
  private static final long GAP_NANOS = 150_000_000L;
  private static final long REST_NANOS = 2_600_000_000L;

  List<Row> measure() throws IOException, InterruptedException {
    try (Place place = Place.fresh(root, "stored");
        Application application = Application.start()) {
      Application.Database database = application.on(place.database());
      database.accounts(100_000);
      try (Daemon daemon = Daemon.start(place, "--sync-interval", "100ms");
          WatchService watch = FileSystems.getDefault().newWatchService()) {
        WatchKey key = place.log().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        Probe probe = new Probe(database, daemon, watch, key);
        probe.run(WARM_UP, GAP_NANOS);
        Samples isolated = probe.run(SAMPLES, GAP_NANOS);
        Samples rested = probe.run(AFTER_REST, REST_NANOS);
        Samples waiting = waiting(database, daemon);
        return List.of(
            Row.atMost(
                "isolated commit → STORED p50, local store, ms",
                "%d commits".formatted(SAMPLES),
                isolated.millis(50),
                5),
            Row.atMost("the same, p99, ms", "", isolated.millis(99), 25),
            Row.info(
                "first commit after more than 2 s of rest, p50, ms",
                "%d commits".formatted(AFTER_REST),
                rested.millis(50)),
            Row.info(
                "commit, then wait for `sync`, p50, ms",
                "%d commits, p99 %s ms".formatted(WAITING, Row.number(waiting.millis(99))),
                waiting.millis(50)));
      }
    }
  }

  private static Samples waiting(Application.Database database, Daemon daemon) throws IOException {
    long[] took = new long[WAITING];
    for (int i = 0; i < took.length; i++) {
      LockSupport.parkNanos(GAP_NANOS / 3);
      long committed = database.commit(Work.UPDATE);
      daemon.sync();
      took[i] = System.nanoTime() - committed;
    }
    return Samples.of(took);
  }

  private record Probe(
      Application.Database database, Daemon daemon, WatchService watch, WatchKey key) {
    Samples run(int commits, long gapNanos) throws IOException, InterruptedException {
      long[] took = new long[commits];
      for (int i = 0; i < commits; i++) {
        // Not in step with anything that is periodic in the daemon.
        LockSupport.parkNanos(gapNanos + i * 37L % 100 * 10_000);
        drop();
        long committed = database.commit(Work.UPDATE);
        if (watch.poll(10, TimeUnit.SECONDS) == null) {
          throw new IOException("nothing was stored within 10 s");
        }
        daemon.sync();
        took[i] = System.nanoTime() - committed;
        drop();
      }
      return Samples.of(took);
    }

    private void drop() {
      key.pollEvents();
      key.reset();
    }
  }
}
