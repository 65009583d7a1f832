package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.MaintainReport;
import dev.tidemark.retention.Maintainer;
import dev.tidemark.retention.MergeLimits;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.RetryPolicy;
import dev.tidemark.store.RetryingStore;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Those who maintain the bucket of a [SimWorld] with the product's own maintainer, several at a
/// time, those who pin positions of it, and a replica.
final class SimRetention {
  private static final int RUNNING_MAX = 4;
  private static final int REQUESTS = 150;
  private static final RetryPolicy RETRIES =
      new RetryPolicy(6, Duration.ofMillis(20), Duration.ofMillis(500), Duration.ofSeconds(20));
  private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));

  private final SimWorld world;
  private final RandomGenerator random;
  private final boolean isOnePolicy;
  private final boolean isOneLadder;
  private final SimPolicy policy;
  private final Levels levels;
  private final List<SimThreads.SimProcess> running = new ArrayList<>();
  private final SimReplica replica;
  private int pins;

  SimRetention(SimWorld world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    isOnePolicy = random.nextBoolean();
    isOneLadder = random.nextBoolean();
    policy = SimPolicy.random(random);
    levels = SimOptions.levels(random);
    replica = new SimReplica(world, world.fork());
  }

  /// From now on they do what they like, and the judge knows of their policy.
  SimRetention begin() {
    if (isOnePolicy) {
      world.judge().promises().policy(policy, isOneLadder);
    }
    if (random.nextInt(3) == 0) {
      world.store().breakUploads(random.nextDouble() / 3);
    }
    return this;
  }

  private InstantSource clock() {
    return () -> SimMachine.START.plusNanos(world.threads().nanos());
  }

  /// Somebody does something.
  void act() {
    running.removeIf(process -> !world.threads().isAlive(process));
    switch (random.nextInt(11)) {
      case 0, 1 -> disturb();
      case 2 -> pin();
      case 3 -> unpin();
      case 4 -> replica.act();
      default -> {
        if (running.size() < RUNNING_MAX) {
          SimThreads.SimProcess process = world.actor("maintainer");
          SimPace pace = SimPace.atSomeReads(1 + random.nextInt(40), world.fork());
          int end = random.nextInt(4) == 0 ? 1 + random.nextInt(2 * REQUESTS) : 0;
          start(process, options(), end > 0 ? pace.killedAt(end) : pace, random.nextInt(3) > 0);
        }
      }
    }
  }

  private MaintainOptions options() {
    return SimOptions.random(
        random,
        isOneLadder ? levels : SimOptions.levels(random),
        isOnePolicy ? policy : SimPolicy.random(random));
  }

  /// Runs a maintainer.
  SimThreads.SimProcess maintain(MaintainOptions options, SimPace pace) {
    SimThreads.SimProcess process = world.actor("maintainer");
    start(process, options, pace, false);
    return process;
  }

  private void start(
      SimThreads.SimProcess process, MaintainOptions options, SimPace pace, boolean patient) {
    ObjectStore connection = world.store().connect(process, pace);
    ObjectStore store =
        patient ? new RetryingStore(connection, RETRIES, pauses(), world.fork()) : connection;
    running.add(process);
    world.tell("%s starts with %s".formatted(process, options));
    world.threads().start(process, () -> run(process, store, options));
  }

  private Pauses pauses() {
    return new Pauses() {
      @Override
      public long nanos() {
        return world.threads().nanos();
      }

      @Override
      public void pause(Duration length) throws InterruptedException {
        world.threads().sleep(length.toMillis());
      }
    };
  }

  private void run(SimThreads.SimProcess process, ObjectStore store, MaintainOptions options) {
    long troubles = world.store().troubles();
    Instant old = world.store().now().minus(options.settings().grace());
    try {
      MaintainReport report =
          new Maintainer(
                  store, SCRATCH, clock(), ReadListener.NONE, MergeLimits.DEFAULT.withRequests(1))
              .run(options);
      world.tell(
          "%s made %d, boundary %s (%s), deleted %d"
              .formatted(
                  process,
                  report.made().size(),
                  report.boundary().map(Position::toString).orElse("stays"),
                  report.boundaryReason(),
                  report.deleted()));
      List<MaintainReport.Problem> problems =
          report.problems().stream().filter(this::isFalse).toList();
      SimJudge.require(
          troubles != world.store().troubles() || problems.isEmpty(),
          "%s sees damage where there is none: %s".formatted(process, problems));
      SimJudge.require(
          troubles != world.store().troubles()
              || options.dryRun()
              || world.store().uploads().stream().noneMatch(it -> it.begun().isBefore(old)),
          "%s leaves uploads in parts".formatted(process));
    } catch (DamagedLogException e) {
      world.tell("%s gives up: %s".formatted(process, e.getMessage()));
      SimJudge.require(
          troubles != world.store().troubles(),
          "%s sees damage where there is none: %s".formatted(process, e.getMessage()));
    } catch (StoreException | PositionNotFoundException e) {
      world.tell("%s gives up: %s".formatted(process, e.getMessage()));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// All, but for a pin that came too late, and is not removed yet: it is no promise.
  private boolean isFalse(MaintainReport.Problem problem) {
    return !problem.reason().startsWith("is promised")
        || world.judge().promises().pins().values().stream()
            .anyMatch(pin -> pin.toString().equals(problem.key()));
  }

  /// One that runs is killed, stopped or continued.
  private void disturb() {
    if (running.isEmpty()) {
      return;
    }
    SimThreads.SimProcess process = running.get(random.nextInt(running.size()));
    switch (random.nextInt(4)) {
      case 0 -> {
        world.tell(process + " is killed");
        process.kill();
        world.threads().bury();
      }
      case 1 -> {
        world.tell(process + " is stopped");
        process.stop(true);
      }
      default -> process.stop(false);
    }
  }

  private void pin() {
    List<Position> positions = world.judge().positionsFrom(world.judge().boundary());
    if (!positions.isEmpty()) {
      pin(positions.get(random.nextInt(positions.size())), SimPace.atSomeReads(2, world.fork()));
    }
  }

  /// Pins a position.
  SimThreads.SimProcess pin(Position position, SimPace pace) {
    SimThreads.SimProcess process = world.actor("pinner");
    RecordName name = new RecordName("pin-" + ++pins);
    SimPinner pinner = pinner(process, pace);
    world
        .threads()
        .start(
            process,
            () -> {
              try {
                world.tell("%s %s".formatted(process, pinner.pin(name, position)));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    return process;
  }

  private SimPinner pinner(SimThreads.SimProcess process, SimPace pace) {
    return new SimPinner(world.store().connect(process, pace), clock(), world.judge().promises());
  }

  private void unpin() {
    Optional<String> name = world.judge().promises().pins().keySet().stream().findFirst();
    if (name.isPresent()) {
      SimThreads.SimProcess process = world.actor("pinner");
      SimPinner pinner = pinner(process, SimPace.ONE_AT_A_TIME);
      world
          .threads()
          .start(
              process,
              () -> {
                try {
                  world.tell("%s %s".formatted(process, pinner.unpin(new RecordName(name.get()))));
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
    }
  }

  /// Everybody goes on, and comes to an end; one more finds nothing wrong.
  void settle() {
    running.forEach(process -> process.stop(false));
    for (SimThreads.SimProcess process : running) {
      world.until(process + " is done", () -> !world.threads().isAlive(process));
    }
    SimThreads.SimProcess last = maintain(options(), SimPace.atSomeReads(20, world.fork()));
    world.until(last + " is done", () -> !world.threads().isAlive(last));
  }
}
