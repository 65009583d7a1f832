package dev.tidemark.cli.kill;

import dev.tidemark.sqlite.ChildCache;
import dev.tidemark.store.s3.FaultProxy;
import dev.tidemark.store.s3.S3TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Runs the rounds: `Kill ROOT [rounds=N] [seed=S] [parallel=P] [seconds=T]`. Round i has the seed
/// S + i, so that each can be run again alone, and a long run in pieces: after T seconds no round
/// begins any more, and the seed to go on with is printed. What a round leaves behind stays in
/// `cli/target/kill`, if it was violated or the only one.
///
/// `Kill ROOT outage [seconds=N]` takes the store away for so long instead.
final class Kill {
  private static final int ROUNDS = 20;
  private static final int OUTAGE_SECONDS = 90;

  /// Some hundred commits a second: what is checked afterwards is every one of them.
  private static final int OUTAGE_PAUSE_MICROS = 2_000;

  private final Path root;
  private final S3TestServer server;
  private final boolean keep;
  private final Tally tally = new Tally();

  private Kill(Path root, S3TestServer server, boolean keep) {
    this.root = root;
    this.server = server;
    this.keep = keep;
  }

  @SuppressWarnings("SystemOut") // Its only output.
  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    Path root = Path.of(arguments[0]);
    if (arguments.length > 1 && arguments[1].equals("outage")) {
      System.exit(outage(root, (int) number(arguments, "seconds=", OUTAGE_SECONDS)) ? 0 : 1);
    }
    long rounds = number(arguments, "rounds=", ROUNDS);
    long seed = number(arguments, "seed=", System.currentTimeMillis() % 1_000_000);
    long parallel = number(arguments, "parallel=", 1);
    System.out.printf("seed=%d rounds=%d%n", seed, rounds);
    ChildCache.prepare(Site.fresh(root, "application"));
    long seconds = number(arguments, "seconds=", Long.MAX_VALUE / 2_000_000_000);
    boolean well;
    try (S3TestServer server = S3TestServer.start()) {
      Kill kill = new Kill(root, server, rounds == 1);
      long next = kill.rounds(seed, seed + rounds, parallel, seconds);
      System.out.println(kill.tally.summary());
      if (next < seed + rounds) {
        System.out.printf("go on with seed=%d rounds=%d%n", next, seed + rounds - next);
      }
      well = kill.tally.isWell();
    }
    System.exit(well ? 0 : 1);
  }

  @SuppressWarnings("SystemOut") // Its only output.
  private static boolean outage(Path root, int seconds) throws Exception {
    Path folder = Site.fresh(root, "outage");
    try (S3TestServer server = S3TestServer.start();
        S3Depot depot = new S3Depot(server, FaultProxy.Weather.CALM, "outage", folder, 1)) {
      List<String> launcher = List.of(root.resolve("tidemark").toString());
      Outage.Report report = new Outage(folder, launcher, depot, OUTAGE_PAUSE_MICROS).run(seconds);
      System.out.printf(
          "%s store away for %d s: %d commits, at most %d not stored, %d MiB in the spool, %d MiB"
              + " in the state folder, %d MiB resident, caught up in %d ms%n",
          report.violations().isEmpty() ? "ok  " : "BAD ",
          seconds,
          report.commits(),
          report.lag(),
          report.spoolBytes() >> 20,
          report.folderBytes() >> 20,
          report.residentMebibytes(),
          report.catchUpMillis());
      report.violations().forEach(it -> System.out.println("     " + it));
      return report.violations().isEmpty();
    }
  }

  private static long number(String[] arguments, String name, long otherwise) {
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].startsWith(name)) {
        return Long.parseLong(arguments[i].substring(name.length()));
      }
    }
    return otherwise;
  }

  /// Answers the seed of the first round that did not begin.
  private long rounds(long from, long to, long parallel, long seconds) {
    long until = System.nanoTime() + seconds * 1_000_000_000;
    AtomicLong next = new AtomicLong(from);
    try (ExecutorService threads = Executors.newFixedThreadPool((int) parallel)) {
      for (int i = 0; i < parallel; i++) {
        threads.execute(() -> {
          while (System.nanoTime() - until < 0) {
            long seed = next.getAndUpdate(it -> Math.min(to, it + 1));
            if (seed == to) {
              return;
            }
            round(Choices.of(seed));
          }
        });
      }
    }
    return next.get();
  }

  private void round(Choices choices) {
    long began = System.nanoTime();
    List<String> violations = new ArrayList<>();
    String summary = "";
    try {
      Path folder = Site.fresh(root, Long.toString(choices.seed()));
      try (Depot depot = depot(folder, choices);
          Round round = new Round(new Site(root, folder, depot), choices)) {
        violations.addAll(round.run());
        summary = round.summary();
        tally.add(round);
      }
      if (violations.isEmpty() && !keep) {
        Site.delete(folder);
      }
    } catch (Exception | LinkageError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      violations.add(trace.toString());
    }
    tally.add(choices.seed(), violations.isEmpty());
    print(choices, summary, violations, (System.nanoTime() - began) / 1_000_000);
  }

  private Depot depot(Path folder, Choices choices) throws Exception {
    return choices.s3().isPresent()
        ? new S3Depot(
            server, choices.s3().get(), "kill-" + choices.seed(), folder, choices.seed() + 5)
        : new LocalDepot(folder);
  }

  @SuppressWarnings("SystemOut") // Its only output.
  private static synchronized void print(
      Choices choices, String summary, List<String> violations, long millis) {
    System.out.printf(
        "%s seed=%d %s pages of %d: %s, %d ms%n",
        violations.isEmpty() ? "ok  " : "BAD ",
        choices.seed(),
        choices.disturbance(),
        choices.pageSize(),
        summary,
        millis);
    violations.forEach(it -> System.out.println("     " + it));
    if (!violations.isEmpty()) {
      System.out.printf("     %s%n     look at cli/target/kill/%d%n", choices, choices.seed());
    }
  }
}
