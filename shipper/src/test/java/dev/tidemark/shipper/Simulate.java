package dev.tidemark.shipper;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.LogManager;

/// Runs the simulation for many seeds: `Simulate [seed=S] [seeds=N]`. Each that fails is printed
/// with what happened; one seed alone tells its story in any case. `retention`: most of each run is
/// about that. Exit 1 if one failed.
final class Simulate {
  private static final long SEEDS = 10_000;
  private static final long TOLD_EVERY = 1_000;

  private Simulate() {}

  @SuppressWarnings("SystemOut") // Its only output.
  public static void main(String[] arguments) throws Exception {
    long seeds = number(arguments, "seeds=", number(arguments, "seed=", 0) > 0 ? 1 : SEEDS);
    long first = number(arguments, "seed=", System.currentTimeMillis() % 1_000_000_000);
    System.out.printf("seed=%d seeds=%d%n", first, seeds);
    // What the daemons log is part of the story only where it matters to the judge.
    LogManager.getLogManager().reset();
    if (seeds == 1) {
      System.out.println(run(first, arguments));
      return;
    }
    long began = System.nanoTime();
    List<Long> failed = run(first, seeds, arguments);
    double minutes = (System.nanoTime() - began) / 60e9;
    System.out.printf(
        "%d seeds in %.1f minutes (%.0f a minute), %d failed%s%n",
        seeds, minutes, seeds / minutes, failed.size(), failed.isEmpty() ? "" : ": " + failed);
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  private static String run(long seed, String[] arguments) {
    return List.of(arguments).contains("retention")
        ? Simulation.runRetention(seed)
        : Simulation.run(seed);
  }

  /// The seeds that failed.
  @SuppressWarnings("SystemOut") // Its only output.
  private static List<Long> run(long first, long seeds, String[] arguments) {
    ConcurrentLinkedQueue<Long> failed = new ConcurrentLinkedQueue<>();
    AtomicLong next = new AtomicLong();
    int threads = Runtime.getRuntime().availableProcessors();
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        pool.execute(() -> {
          for (long n = next.getAndIncrement(); n < seeds; n = next.getAndIncrement()) {
            try {
              run(first + n, arguments);
            } catch (AssertionError e) {
              failed.add(first + n);
              System.out.println(e.getMessage());
            }
            if (n % TOLD_EVERY == TOLD_EVERY - 1) {
              System.out.printf("%d seeds, %d failed%n", n + 1, failed.size());
            }
          }
        });
      }
    }
    return failed.stream().sorted().toList();
  }

  private static long number(String[] arguments, String name, long otherwise) {
    for (String argument : arguments) {
      if (argument.startsWith(name)) {
        return Long.parseLong(argument.substring(name.length()));
      }
    }
    return otherwise;
  }
}
