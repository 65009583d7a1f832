package dev.tidemark.cli.kill;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What a round does, all of it drawn from its seed before it begins.
///
/// @param spoolSync as the daemon's option
/// @param locks how the daemon holds the log: `ofd` or `sql`
/// @param steps in the order of the round
record Choices(
    long seed,
    int pageSize,
    int otherPageSize,
    String autoVacuum,
    String synchronous,
    int writers,
    List<Integer> autocheckpoints,
    boolean checkpointer,
    String syncInterval,
    String spoolSync,
    String locks,
    Disturbance disturbance,
    boolean whileDown,
    List<Step> steps) {
  private static final List<Integer> PAGE_SIZES = List.of(512, 1024, 4096, 4096, 16_384, 65_536);
  private static final int STEPS_MIN = 4;
  private static final int STEPS_MORE = 4;

  enum Action {
    PAUSE,
    KILL_DAEMON,
    END_DAEMON,
    STOP_DAEMON,
    KILL_WRITER,
    STOP_WRITER,
    KILL_CHECKPOINTER,
    CLOSE_WRITERS,
    DISTURB
  }

  /// @param beforeMillis how long things go on undisturbed first
  /// @param duringMillis how long what is stopped, or down, stays so
  record Step(Action action, int beforeMillis, int duringMillis) {}

  static Choices of(long seed) {
    // Mixed, since neighbours' first numbers are alike.
    Random random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
    int writers = 1 + random.nextInt(3);
    return new Choices(
        seed,
        pick(random, PAGE_SIZES),
        pick(random, PAGE_SIZES),
        pick(random, List.of("NONE", "NONE", "FULL")),
        pick(random, List.of("OFF", "NORMAL", "NORMAL", "FULL")),
        writers,
        List.of(autocheckpoint(random), autocheckpoint(random), autocheckpoint(random)),
        random.nextBoolean(),
        pick(random, List.of("1s", "1s", "50ms")),
        pick(random, List.of("100ms", "100ms", "each", "off")),
        pick(random, List.of("ofd", "ofd", "ofd", "ofd", "sql")),
        pick(random, List.of(Disturbance.values())),
        random.nextBoolean(),
        steps(random));
  }

  private static int autocheckpoint(Random random) {
    return pick(random, List.of(1, 3, 10, 100, 1000, 0));
  }

  private static List<Step> steps(Random random) {
    List<Step> steps = new ArrayList<>();
    int count = STEPS_MIN + random.nextInt(STEPS_MORE);
    Action[] all = Action.values();
    for (int i = 0; i < count; i++) {
      // All but the last, which comes once.
      steps.add(step(random, all[random.nextInt(all.length - 1)]));
    }
    steps.add(random.nextInt(count + 1), step(random, Action.DISTURB));
    return List.copyOf(steps);
  }

  private static Step step(Random random, Action action) {
    return new Step(action, random.nextInt(400), random.nextInt(2) * random.nextInt(600));
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
