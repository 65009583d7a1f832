package dev.tidemark.bench;

import java.io.IOException;
import java.util.List;

/// What the daemon itself takes: memory under load and after it, time and calls while idle.
record Footprint(SideBySide side) {
  private static final int IDLE_SECONDS = 10;
  private static final long QUIET_MILLIS = 4_000;

  List<Row> measure() throws IOException, InterruptedException {
    long peak = side.daemon().residentPeakMib();
    long now = side.daemon().residentMib();
    side.settle();
    Thread.sleep(QUIET_MILLIS);
    long cpu = side.daemon().cpuNanos();
    long calls = side.daemon().readsAndWrites();
    Thread.sleep(IDLE_SECONDS * 1_000L);
    double percent = (side.daemon().cpuNanos() - cpu) / 1e7 / IDLE_SECONDS;
    long made = side.daemon().readsAndWrites() - calls;
    return List.of(
        Row.atMost(
            "memory of the daemon under load, highest, MiB",
            "%d MiB at the end of it".formatted(now),
            (double) peak,
            128),
        Row.atMost("idle daemon, % of a core", "", percent, 0.5),
        Row.atMost(
            "idle daemon, requests",
            "%d reads and writes in all".formatted(made),
            (double) made,
            0));
  }
}
