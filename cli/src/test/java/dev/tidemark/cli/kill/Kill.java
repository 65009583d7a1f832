package dev.tidemark.cli.kill;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs the rounds: `Kill ROOT [rounds=N] [seed=S]`. Round i has the seed S + i, so that each can
/// be run again alone. What a round leaves behind stays in `cli/target/kill`, if it was violated or
/// the only one.
final class Kill {
  private static final int ROUNDS = 20;

  private Kill() {}

  @SuppressWarnings("SystemOut") // Its only output.
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    long rounds = number(arguments, "rounds=", ROUNDS);
    long seed = number(arguments, "seed=", System.currentTimeMillis() % 1_000_000);
    System.out.printf("seed=%d rounds=%d%n", seed, rounds);
    List<Long> violated = new ArrayList<>();
    for (long i = 0; i < rounds; i++) {
      if (!round(root, Choices.of(seed + i), rounds == 1)) {
        violated.add(seed + i);
      }
    }
    System.out.printf(
        "%d rounds, %d violated%s%n",
        rounds, violated.size(), violated.isEmpty() ? "" : ", seeds " + violated);
    System.exit(violated.isEmpty() ? 0 : 1);
  }

  private static long number(String[] arguments, String name, long otherwise) {
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].startsWith(name)) {
        return Long.parseLong(arguments[i].substring(name.length()));
      }
    }
    return otherwise;
  }

  @SuppressWarnings("SystemOut") // Its only output.
  private static boolean round(Path root, Choices choices, boolean keep) throws IOException {
    long began = System.nanoTime();
    Site site = Site.fresh(root, choices.seed());
    List<String> violations = new ArrayList<>();
    String summary = "";
    try {
      Round round = new Round(site, choices);
      violations.addAll(round.run());
      summary = round.summary();
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      violations.add(trace.toString());
    }
    System.out.printf(
        "%s seed=%d %s pages of %d: %s, %d ms%n",
        violations.isEmpty() ? "ok  " : "BAD ",
        choices.seed(),
        choices.disturbance(),
        choices.pageSize(),
        summary,
        (System.nanoTime() - began) / 1_000_000);
    violations.forEach(it -> System.out.println("     " + it));
    if (violations.isEmpty() && !keep) {
      site.delete();
    } else {
      System.out.printf("     %s%n     look at %s%n", choices, site.folder());
    }
    return violations.isEmpty();
  }
}
