package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// Machines, a bucket, those who read and maintain it, time, and the judge who looks on. All of it
/// follows from one seed and the calls.
final class SimWorld {
  private static final int PAGE_BYTES = 512;
  private static final long POLL_NANOS = 1_000_000;
  private static final int STORY_SHOWN = 70;

  private final RandomGenerator random;
  private final SimThreads threads;
  private final SimStore store;
  private final List<SimMachine> machines = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final SimJudge judge;
  private int actors;

  /// `clones`: whether machines will be copied, so that there can be two writers.
  SimWorld(long seed, boolean honoursConditions, boolean clones) {
    random = new SplittableRandom(seed);
    threads = new SimThreads(fork());
    store = new SimStore(threads, fork(), honoursConditions, this::tell);
    judge = new SimJudge(store, machines, !clones);
  }

  RandomGenerator fork() {
    return new SplittableRandom(random.nextLong());
  }

  SimThreads threads() {
    return threads;
  }

  SimStore store() {
    return store;
  }

  SimJudge judge() {
    return judge;
  }

  List<SimMachine> machines() {
    return machines;
  }

  void tell(String what) {
    story.add("%9.3f %s".formatted(threads.nanos() / 1e9, what));
  }

  /// The whole story, for the comparison of two runs.
  String story() {
    return String.join("\n", story);
  }

  String lastOfStory() {
    return String.join("\n", story.subList(Math.max(0, story.size() - STORY_SHOWN), story.size()));
  }

  /// A machine with an empty database in WAL mode, and its application.
  SimMachine machine() {
    SimClock clock = new SimClock(threads::nanos);
    SimDatabase database = new SimDatabase(PAGE_BYTES, clock, fork());
    database.open();
    database.journalMode(true);
    return add(
        new SimMachine(
            "a", threads, store, fork(), clock, database, new SimDisk(random.nextLong())));
  }

  /// Another machine from the disks of one.
  SimMachine copy(SimMachine of) {
    String name = Character.toString('a' + machines.size());
    tell("%s is a copy of %s".formatted(name, of));
    return add(of.copy(name, fork()));
  }

  private SimMachine add(SimMachine machine) {
    machines.add(machine);
    return machine;
  }

  /// A retention by hand that waits so long before it deletes.
  SimThreads.SimProcess maintain(long graceMillis) {
    SimThreads.SimProcess process = actor("maintainer");
    SimMaintainer maintainer =
        new SimMaintainer(
            store.connect(process),
            fork(),
            () -> SimMachine.START.plusNanos(threads.nanos()),
            threads::sleep,
            graceMillis,
            what -> tell(process + " " + what));
    threads.start(process, maintainer);
    return process;
  }

  SimThreads.SimProcess actor(String kind) {
    return new SimThreads.SimProcess(kind + " " + ++actors);
  }

  SimFollower follower(SimThreads.SimProcess process) {
    return new SimFollower(
        store.connect(process), (position, file) -> judge.read(process.toString(), position, file));
  }

  /// Somebody restores, and compares.
  SimThreads.SimProcess restore(RestoreTarget target) {
    SimThreads.SimProcess process = actor("restore");
    ObjectStore connection = store.connect(process);
    threads.start(process, () -> restore(process, connection, target));
    return process;
  }

  private void restore(SimThreads.SimProcess process, ObjectStore from, RestoreTarget target) {
    long troubles = store.troubles();
    Position head = judge.head();
    SimImage image = new SimImage();
    try {
      Position position =
          new StateReader(from, 1, ReadListener.NONE).read(target, image).position();
      tell("%s of %s: %s".formatted(process, target, position));
      judge.read(process.toString(), position, image.bytes());
      if (target instanceof RestoreTarget.AtTxid(var txid)) {
        SimJudge.require(
            position.txid().equals(txid), "restored %s for %s".formatted(position, txid));
      } else {
        SimJudge.require(
            troubles != store.troubles() || position.txid().compareTo(head.txid()) >= 0,
            "the latest is %s, and %s was there before".formatted(position, head));
      }
    } catch (StoreException e) {
      tell("%s: %s".formatted(process, e.getMessage()));
    } catch (DamagedLogException | PositionNotFoundException e) {
      tell("%s of %s: %s".formatted(process, target, e.getMessage()));
      SimJudge.require(
          troubles != store.troubles() || !isPromised(target, head),
          "%s, which is promised, cannot be restored: %s".formatted(target, e.getMessage()));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private boolean isPromised(RestoreTarget target, Position head) {
    return switch (target) {
      case RestoreTarget.Latest() -> !head.equals(Position.START);
      case RestoreTarget.AtTxid(var txid) ->
          (txid.compareTo(head.txid()) <= 0 && txid.compareTo(judge.boundary().txid()) >= 0)
              || judge.promises().pins().values().stream().anyMatch(p -> p.txid().equals(txid));
      case RestoreTarget.AtTime _ -> false;
    };
  }

  /// One thread runs to its next pause; if all rest, time goes on.
  void step() {
    if (threads.isBusy()) {
      threads.step();
    } else {
      pass(POLL_NANOS);
    }
    observe();
  }

  /// Time goes on, and the daemons look.
  void pass(long nanos) {
    threads.advance(nanos);
    machines.forEach(SimMachine::poll);
  }

  /// Steps until something holds. AssertionError if it does not come.
  void until(String what, BooleanSupplier holds) {
    for (int i = 0; !holds.getAsBoolean(); i++) {
      SimJudge.require(
          i < 20_000,
          "never came: %s%n%s%n%s"
              .formatted(what, lastOfStory(), machines.stream().map(SimMachine::status).toList()));
      step();
    }
  }

  /// Takes what the daemons say, and lets the judge look at the bucket.
  void observe() {
    judge.look();
    for (SimMachine machine : machines) {
      boolean ran = machine.runs();
      List<SimMachine.Acknowledged> answers = machine.answers();
      machine.watch();
      if (ran && !machine.runs()) {
        tell(
            "%s: the daemon ended%s"
                .formatted(machine, machine.ended().map(e -> ": " + e).orElse("")));
      }
      for (SimMachine.Acknowledged answer : answers) {
        tell("%s: %s is %s".formatted(machine, answer.level(), answer.position()));
        judge.acknowledged(machine, answer);
      }
    }
  }

  /// Everything that is on its way arrives, and nothing goes wrong any more.
  void calm() {
    store.weather(SimWeather.FAIR);
    store.heal();
    store.mend();
    store.release();
    while (store.hasPending()) {
      store.arrive();
    }
    observe();
    for (SimMachine machine : machines) {
      machine.disk().calm();
      machine.stopped(false);
    }
  }

  /// The position at which a person would take over now, if there is one.
  Optional<Position> visibleHead() {
    return Optional.of(judge.head()).filter(head -> !head.equals(Position.START));
  }
}
