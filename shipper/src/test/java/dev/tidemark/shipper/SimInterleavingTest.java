package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import dev.tidemark.store.RestoreTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two who work on one bucket, in every order with three changes of who works: one does some
/// requests, the other some, and then each the rest. The judge of the [SimWorld] looks on;
/// afterwards the log can be restored, and is what the last writer's database holds.
class SimInterleavingTest {
  private static final int STEPS_MAX = 60;
  private static final Levels LEVELS = new Levels(List.of(Duration.ofMillis(100)));
  private static final SimPolicy NOTHING =
      new SimPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /// Who takes turns in a world that is made anew for each order.
  private record Pair(SimWorld world, SimThreads.SimProcess one, SimThreads.SimProcess other) {}

  private SimWorld shipped(int segments) {
    SimWorld world = new SimWorld(7, true, true);
    SimMachine a = world.machine();
    SimScript script = new SimScript(world);
    script.start(a);
    for (int i = 0; i < segments; i++) {
      script.store(a);
    }
    return world;
  }

  private static SimThreads.SimProcess writing(SimMachine machine) {
    machine.database().commit();
    machine.ask();
    return machine.process();
  }

  private static SimThreads.SimProcess following(SimWorld world) {
    SimThreads.SimProcess process = new SimThreads.SimProcess("follower");
    world.threads().start(process, world.follower(process));
    return process;
  }

  @Test
  void writeAndRetain() {
    everyOrder(() -> {
      SimWorld world = shipped(3);
      SimMachine a = world.machines().getFirst();
      return new Pair(world, writing(a), world.maintain(0));
    });
  }

  @Test
  void retainTwice() {
    everyOrder(() -> {
      SimWorld world = shipped(4);
      return new Pair(world, world.maintain(0), world.maintain(0));
    });
  }

  @Test
  void followAndRetain() {
    everyOrder(() -> {
      SimWorld world = shipped(4);
      return new Pair(world, following(world), world.maintain(0));
    });
  }

  /// The product's own: merges, moves the boundary, and deletes what it may.
  private static SimThreads.SimProcess maintaining(SimWorld world, boolean snapshots) {
    MaintainOptions options =
        new MaintainOptions(
            snapshots ? Optional.empty() : Optional.of(LEVELS),
            snapshots ? Optional.of(Duration.ZERO) : Optional.empty(),
            Optional.of(NOTHING.keep()),
            new RetentionSettings(Duration.ZERO, Duration.ZERO, Duration.ofHours(1)),
            false);
    return new SimRetention(world, world.fork()).maintain(options, SimPace.AT_LANDMARKS);
  }

  /// Segments of which all but the last are to be merged; they are a second old.
  private SimWorld merging(int segments) {
    SimWorld world = shipped(segments);
    world.pass(1_000_000_000);
    world.until("at rest", () -> !world.threads().isBusy());
    return world;
  }

  @Test
  void writeAndMaintain() {
    everyOrder(() -> {
      SimWorld world = merging(3);
      SimMachine a = world.machines().getFirst();
      return new Pair(world, writing(a), maintaining(world, false));
    });
  }

  @Test
  void maintainTwice() {
    everyOrder(() -> {
      SimWorld world = merging(3);
      return new Pair(world, maintaining(world, false), maintaining(world, true));
    });
  }

  @Test
  void followAndMaintain() {
    everyOrder(() -> {
      SimWorld world = merging(3);
      return new Pair(world, following(world), maintaining(world, false));
    });
  }

  @Test
  void restoreAndMaintain() {
    everyOrder(() -> {
      SimWorld world = merging(3);
      SimThreads.SimProcess restore = world.restore(new RestoreTarget.Latest());
      return new Pair(world, restore, maintaining(world, false));
    });
  }

  @Test
  void pinAndMaintain() {
    everyOrder(() -> {
      SimWorld world = merging(3);
      new SimScript(world).store(world.machines().getFirst());
      // Inside of what is merged, and what the boundary passes.
      Position first =
          world.judge().positionsFrom(Position.START).stream()
              .filter(position -> !position.equals(Position.START))
              .findFirst()
              .orElseThrow();
      SimThreads.SimProcess pinner =
          new SimRetention(world, world.fork()).pin(first, SimPace.ONE_AT_A_TIME);
      return new Pair(world, pinner, maintaining(world, false));
    });
  }

  @Test
  void followAndWrite() {
    everyOrder(() -> {
      SimWorld world = shipped(2);
      SimMachine a = world.machines().getFirst();
      return new Pair(world, following(world), writing(a));
    });
  }

  @Test
  void restoreAndRetain() {
    everyOrder(() -> {
      SimWorld world = shipped(4);
      SimThreads.SimProcess restore = world.restore(new RestoreTarget.Latest());
      return new Pair(world, restore, world.maintain(0));
    });
  }

  @Test
  void restoreAndWrite() {
    everyOrder(() -> {
      SimWorld world = shipped(2);
      SimMachine a = world.machines().getFirst();
      return new Pair(world, world.restore(new RestoreTarget.Latest()), writing(a));
    });
  }

  @Test
  void writeOnTwoClones() {
    everyOrder(() -> {
      SimWorld world = shipped(2);
      SimMachine a = world.machines().getFirst();
      SimMachine b = world.copy(a);
      b.database().open();
      new SimScript(world).start(b);
      world.until("b is at rest", () -> !world.threads().isBusy());
      return new Pair(world, writing(a), writing(b));
    });
  }

  @Test
  void startTwoClones() {
    everyOrder(() -> {
      SimWorld world = shipped(2);
      SimMachine a = world.machines().getFirst();
      SimMachine b = world.copy(a);
      a.kill();
      b.database().open();
      a.database().commit();
      b.database().commit();
      for (SimMachine machine : List.of(a, b)) {
        new SimScript(world).start(machine);
      }
      return new Pair(world, a.process(), b.process());
    });
  }

  /// `pair` makes the same world each time.
  private static void everyOrder(Supplier<Pair> pair) {
    Pair alone = pair.get();
    int one = run(alone, alone.one(), STEPS_MAX);
    int other = run(alone, alone.other(), STEPS_MAX);
    finish(alone);
    assertThat(one).as("steps of the first").isBetween(2, STEPS_MAX - 1);
    assertThat(other).as("steps of the second").isBetween(2, STEPS_MAX - 1);
    IntStream.rangeClosed(0, one)
        .parallel()
        .forEach(first -> {
          for (int second = 1; second <= other; second++) {
            order(pair.get(), first, second);
          }
        });
  }

  private static void order(Pair pair, int first, int second) {
    try {
      run(pair, pair.one(), first);
      run(pair, pair.other(), second);
      run(pair, pair.one(), STEPS_MAX);
      run(pair, pair.other(), STEPS_MAX);
      finish(pair);
    } catch (AssertionError e) {
      throw new AssertionError(
          "after %d and %d: %s%n%s"
              .formatted(first, second, e.getMessage(), pair.world().lastOfStory()),
          e);
    }
  }

  /// So many steps of a process, or as many as there are.
  private static int run(Pair pair, SimThreads.SimProcess process, int steps) {
    int done = 0;
    while (done < steps && pair.world().threads().step(process)) {
      pair.world().observe();
      done++;
    }
    return done;
  }

  /// Everything comes to rest, and can be read.
  private static void finish(Pair pair) {
    SimWorld world = pair.world();
    world.until("at rest", () -> !world.threads().isBusy());
    new SimScript(world).untilDone(world.restore(new RestoreTarget.Latest()));
    SimMachine last = world.judge().owner().orElseThrow();
    assertThat(last.isFenced()).as("the last writer").isFalse();
    assertThat(last.database().history().find(world.judge().head().checksum())).isPresent();
  }
}
