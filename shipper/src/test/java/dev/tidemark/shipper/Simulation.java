package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.RestoreTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One run of everything that ships, in memory, from one seed: machines with their applications,
/// disks and daemons, copies of them, a bucket behind a bad network, retention, followers and
/// restores. Time, randomness and the order of threads follow from the seed, so a run can be
/// repeated bit for bit.
///
/// What must always hold is checked all along by the [SimJudge]; an AssertionError tells what did
/// not, and how the run came there.
final class Simulation {
  /// What most of a run is about.
  enum Subject {
    ALL,
    /// One machine, little trouble, and many who maintain its log.
    RETENTION
  }

  private static final int STEPS = 1_500;
  private static final int MACHINES = 3;
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final List<SimLog.Mode> MODES = List.of(SimLog.Mode.values());
  private static final List<SimCrash> CRASHES = List.of(SimCrash.values());

  private final RandomGenerator random;
  private final SimWorld world;
  private final SimTrouble trouble;
  private final SimThreads.SimProcess reader = new SimThreads.SimProcess("follower");
  private final SimFollower follower;
  private final Subject subject;
  private final boolean clones;
  private final boolean byHand;
  private final boolean followed;
  private final Optional<SimRetention> retention;

  private Simulation(long seed, Subject subject) {
    this.subject = subject;
    random = new SplittableRandom(seed);
    clones = subject == Subject.ALL && random.nextInt(5) < 2;
    // Without conditions one writer is safe; two, or two maintainers, are not.
    boolean honoursConditions = subject == Subject.RETENTION || clones || random.nextInt(5) > 0;
    int maintained = honoursConditions ? random.nextInt(5) : 5;
    byHand = subject == Subject.ALL && maintained == 0;
    followed = random.nextBoolean();
    world = new SimWorld(random.nextLong(), honoursConditions, clones);
    trouble = new SimTrouble(world, new SplittableRandom(random.nextLong()));
    follower = world.follower(reader);
    retention =
        subject == Subject.RETENTION || maintained == 1 || maintained == 2
            ? Optional.of(new SimRetention(world, new SplittableRandom(random.nextLong())).begin())
            : Optional.empty();
  }

  /// Runs a seed; AssertionError with the story of the run if something did not hold.
  static String run(long seed) {
    return run(seed, Subject.ALL);
  }

  /// The same with most of it about retention.
  static String runRetention(long seed) {
    return run(seed, Subject.RETENTION);
  }

  private static String run(long seed, Subject subject) {
    Simulation run = new Simulation(seed, subject);
    try {
      run.live();
      run.settle();
      return "%s %s%n%s"
          .formatted(run.world.judge().head(), run.world.judge().size(), run.world.story());
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d: %s%n%s".formatted(seed, e.getMessage(), run.world.lastOfStory()), e);
    }
  }

  private void live() {
    trouble.start(world.machine());
    int length = STEPS / 4 + random.nextInt(STEPS);
    for (int i = 0; i < length; i++) {
      step();
    }
  }

  private SimMachine any() {
    return world.machines().get(random.nextInt(world.machines().size()));
  }

  private void step() {
    int choice = random.nextInt(1_000);
    if (choice < 700 && world.threads().isBusy()) {
      world.threads().step();
    } else if (choice < 840) {
      act(any());
    } else if (choice < 940) {
      world.pass(random.nextLong(1, random.nextInt(20) == 0 ? 3_000_000_000L : 5_000_000L));
    } else if (choice < (subject == Subject.ALL ? 980 : 950)) {
      trouble.disturb(any());
    } else {
      others();
    }
    world.observe();
  }

  /// The application does something.
  private void act(SimMachine machine) {
    SimDatabase database = machine.database();
    if (!database.isOpen()) {
      database.open();
      database.journalMode(true);
      world.tell(machine + " opens its database");
    }
    if (database.waitingSince().isPresent()) {
      database.retry();
      return;
    }
    switch (random.nextInt(20)) {
      case 0 -> {
        SimLog.Mode mode = MODES.get(random.nextInt(MODES.size()));
        boolean over = database.waitFor(mode);
        world.tell("%s checkpoints, %s: %s".formatted(machine, mode, over ? "done" : "waits"));
      }
      case 1 -> database.rollBack();
      case 2 -> {
        DurabilityLevel level =
            random.nextInt(4) == 0 ? DurabilityLevel.SPOOLED : DurabilityLevel.STORED;
        machine.ask(level);
        world.tell("%s asks for %s".formatted(machine, level));
      }
      case 3 -> {
        if (random.nextInt(3) == 0) {
          SimCrash at = CRASHES.get(random.nextInt(CRASHES.size()));
          world.tell("%s: the application is killed, %s".formatted(machine, at));
          database.crash(at);
        }
      }
      default ->
          database
              .commit()
              .ifPresent(state ->
                  world.tell(
                      "%s commits %d %s".formatted(machine, state.number(), state.checksum())));
    }
  }

  /// Clones, retention, readers, and people.
  private void others() {
    if (subject == Subject.RETENTION && random.nextInt(4) > 0) {
      retention.ifPresent(SimRetention::act);
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        if (clones && world.machines().size() < MACHINES) {
          world.copy(any());
        }
      }
      case 1, 2 -> {
        if (byHand) {
          world.maintain(random.nextInt(3) == 0 ? HOUR_NANOS / 1_000_000 : 0);
        }
        retention.ifPresent(SimRetention::act);
      }
      case 3, 4 -> {
        if (followed) {
          world.threads().start(reader, follower);
        }
      }
      case 5 -> world.restore(target());
      case 6 -> {
        world.tell("hours pass");
        world.pass(2 * HOUR_NANOS);
      }
      default -> takeOver(any());
    }
  }

  private RestoreTarget target() {
    List<Position> pins = List.copyOf(world.judge().promises().pins().values());
    if (!pins.isEmpty() && random.nextBoolean()) {
      return new RestoreTarget.AtTxid(pins.get(random.nextInt(pins.size())).txid());
    }
    long last = world.judge().head().txid().value();
    return random.nextBoolean() || last == 0
        ? new RestoreTarget.Latest()
        : new RestoreTarget.AtTxid(new Txid(1 + random.nextLong(last)));
  }

  /// A person tells a machine that was refused to go on with what it has.
  private void takeOver(SimMachine machine) {
    Optional<Position> head = world.visibleHead();
    if (machine.isFenced() && !machine.runs() && head.isPresent()) {
      world.tell("%s: is told to take over %s".formatted(machine, head.get()));
      machine.start(Duration.ofMillis(300), Optional.empty(), head);
    }
  }

  /// The weather clears up, everything runs: in the end one writer has stored all that its database
  /// holds, and every other one has been told.
  private void settle() {
    new SimSettling(world).run();
    retention.ifPresent(SimRetention::settle);
    world.judge().checkSpooled();
    trouble.checkHarmless();
    for (int i = 0; i < 3; i++) {
      SimThreads.SimProcess process = world.restore(target());
      world.until(process + " is done", () -> !world.threads().isAlive(process));
    }
    if (followed) {
      SimThreads.SimProcess last = new SimThreads.SimProcess("last follower");
      SimFollower look = world.follower(last);
      world.threads().start(last, look);
      world.until("the follower is done", () -> !world.threads().isAlive(last));
      SimJudge.require(
          look.position().equals(world.judge().head()),
          "a follower comes to %s, the head is %s"
              .formatted(look.position(), world.judge().head()));
    }
  }
}
