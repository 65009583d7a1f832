package dev.tidemark.cli.kill;

import dev.tidemark.cli.kill.DaemonStep.Need;
import dev.tidemark.store.s3.Fault;
import dev.tidemark.store.s3.FaultProxy.Weather;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// What a round does, all of it drawn from its seed before it begins.
///
/// @param turnMicros how long a writer pauses between its turns, at most
/// @param spoolSync as the daemon's option
/// @param locks how the daemon holds the log: `ofd` or `sql`
/// @param s3 the network before the S3 server; without, the log is in a folder
/// @param steps in the order of the round
record Choices(
    long seed,
    int pageSize,
    int otherPageSize,
    String autoVacuum,
    String synchronous,
    int writers,
    int turnMicros,
    List<Integer> autocheckpoints,
    boolean checkpointer,
    String syncInterval,
    String spoolSync,
    String locks,
    Disturbance disturbance,
    boolean whileDown,
    Optional<Weather> s3,
    List<Step> steps) {
  private static final List<Integer> PAGE_SIZES = List.of(512, 1024, 4096, 4096, 16_384, 65_536);
  private static final int STEPS_MIN = 2;
  private static final int STEPS_MORE = 3;

  private static final List<Weather> WEATHERS =
      List.of(
          Weather.CALM,
          new Weather(10, List.of(Fault.values())),
          new Weather(30, List.of(Fault.values())),
          new Weather(50, List.of(Fault.LOST_ANSWER)),
          new Weather(60, List.of(Fault.ERROR_500, Fault.SLOW_DOWN)),
          new Weather(30, List.of(Fault.RESET, Fault.CUT_REQUEST, Fault.CUT_ANSWER)),
          new Weather(60, List.of(Fault.DELAY, Fault.DRIP)));

  enum Action {
    PAUSE,
    KILL_DAEMON,
    END_DAEMON,
    STOP_DAEMON,
    KILL_WRITER,
    STOP_WRITER,
    KILL_CHECKPOINTER,
    CLOSE_WRITERS,
    AT_STEP,
    DISTURB
  }

  /// @param open only once the daemon ships, and not in its start
  /// @param beforeMillis how long things go on undisturbed first
  /// @param duringMillis how long what is stopped, or down, stays so
  /// @param at which step of the daemon is meant, if one is
  /// @param nth the daemon comes to it for this time since its start
  /// @param kills or it is only stopped there
  record Step(
      Action action,
      boolean open,
      int beforeMillis,
      int duringMillis,
      DaemonStep at,
      int nth,
      boolean kills) {}

  static Choices of(long seed) {
    // Mixed, since neighbours' first numbers are alike.
    Random random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
    int writers = 1 + random.nextInt(3);
    // Each round has one step of the daemon, and so many rounds in a row have all of them.
    List<DaemonStep> all = List.of(DaemonStep.values());
    DaemonStep at = all.get(Math.floorMod(seed, all.size()));
    Optional<Weather> s3 =
        random.nextBoolean() ? Optional.of(pick(random, WEATHERS)) : Optional.empty();
    return new Choices(
        seed,
        pick(random, PAGE_SIZES),
        pick(random, PAGE_SIZES),
        pick(random, List.of("NONE", "NONE", "FULL")),
        pick(random, List.of("OFF", "NORMAL", "NORMAL", "FULL")),
        writers,
        pick(random, List.of(12_000, 60_000, 120_000)),
        List.of(autocheckpoint(random), autocheckpoint(random), autocheckpoint(random)),
        random.nextBoolean(),
        pick(random, List.of("1s", "1s", "50ms")),
        at.needs(Need.SYNCS) ? "each" : pick(random, List.of("100ms", "100ms", "each", "off")),
        at.needs(Need.OFD_LOCKS) ? "ofd" : pick(random, List.of("ofd", "ofd", "ofd", "ofd", "sql")),
        pick(random, List.of(Disturbance.values())),
        random.nextBoolean(),
        at.needs(Need.FOLDER)
            ? Optional.empty()
            : at.needs(Need.S3) ? Optional.of(s3.orElse(Weather.CALM)) : s3,
        steps(random, at));
  }

  private static int autocheckpoint(Random random) {
    return pick(random, List.of(1, 3, 10, 100, 1000, 0));
  }

  private static List<Step> steps(Random random, DaemonStep at) {
    List<Step> steps = new ArrayList<>();
    int count = STEPS_MIN + random.nextInt(STEPS_MORE);
    List<Action> usual = List.copyOf(EnumSet.range(Action.PAUSE, Action.CLOSE_WRITERS));
    for (int i = 0; i < count; i++) {
      steps.add(step(random, pick(random, usual), at));
    }
    steps.add(random.nextInt(count + 1), step(random, Action.AT_STEP, at));
    steps.add(random.nextInt(count + 2), step(random, Action.DISTURB, at));
    return List.copyOf(steps);
  }

  private static Step step(Random random, Action action, DaemonStep at) {
    return new Step(
        action,
        random.nextInt(3) > 0,
        random.nextInt(400),
        random.nextInt(2) * random.nextInt(600),
        at,
        at.needs(Need.START) ? 1 : pick(random, List.of(1, 1, 1, 2, 3)),
        random.nextInt(4) > 0);
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
