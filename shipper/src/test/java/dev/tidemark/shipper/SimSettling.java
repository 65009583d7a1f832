package dev.tidemark.shipper;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The end of a run: nothing goes wrong any more, and every daemon is started again when it ends.
/// Then the writer of the log's last segment goes on and stores all that its database holds; every
/// other machine has the same, or is refused.
final class SimSettling {
  private static final int STEPS = 60_000;
  private static final int STARTS_MAX = 3;
  private static final int PAUSE_EVERY = 1_000;
  private static final long PAUSE_NANOS = 10_000_000_000L;

  private final SimWorld world;
  private final Map<SimMachine, Integer> refusals = new HashMap<>();
  private final Set<SimMachine> started = new HashSet<>();
  private final Set<SimMachine> out = new HashSet<>();

  SimSettling(SimWorld world) {
    this.world = world;
  }

  void run() {
    world.tell("everything settles");
    world.calm();
    for (SimMachine machine : world.machines()) {
      open(machine);
    }
    for (int i = 0; i < STEPS && !isSettled(); i++) {
      for (SimMachine machine : world.machines()) {
        tend(machine, i);
      }
      world.step();
      if (i % PAUSE_EVERY == PAUSE_EVERY - 1) {
        // Whoever waits before it tries again has waited long enough.
        world.pass(PAUSE_NANOS);
      }
    }
    SimJudge.require(
        isSettled(),
        "what is committed was not stored in the end: head %s by %s, %s"
            .formatted(
                world.judge().head(),
                world.judge().owner(),
                world.machines().stream()
                    .map(it ->
                        "%s %s %s".formatted(it, it.database().history().current(), it.status()))
                    .toList()));
  }

  private static void open(SimMachine machine) {
    SimDatabase database = machine.database();
    if (!database.isOpen()) {
      database.open();
    }
    database.endReads();
    if (database.isWal()) {
      database.commit();
    }
  }

  private void tend(SimMachine machine, int i) {
    SimDatabase database = machine.database();
    if (database.waitingSince().isPresent()) {
      database.retry();
    } else if (!database.isWal() && database.journalMode(true)) {
      database.commit();
    }
    if (!machine.runs() && !out.contains(machine)) {
      restart(machine);
    }
    if (i % 50 == 0) {
      machine.ask();
    }
    // Who has nothing to store does not notice that somebody else went on.
    if (i % 500 == 499 && !isOwner(machine) && database.isWal()) {
      database.commit();
    }
  }

  private void restart(SimMachine machine) {
    if (machine.isFenced() && started.contains(machine)) {
      SimJudge.require(
          !world.judge().oneWriterAtMost() || machine.lostState(),
          "fenced without another writer: " + machine.ended());
      if (refusals.merge(machine, 1, Integer::sum) == STARTS_MAX) {
        refused(machine);
        return;
      }
    }
    started.add(machine);
    world.tell(machine + ": the daemon starts again");
    boolean told = machine.lostState() && machine.isFenced() && isOwner(machine);
    machine.start(
        Duration.ofMillis(300), Optional.empty(), told ? world.visibleHead() : Optional.empty());
  }

  private void refused(SimMachine machine) {
    world.tell(machine + " is out: " + machine.ended().orElse(""));
    SimJudge.require(!isOwner(machine), "the last writer is refused: " + machine.ended());
    out.add(machine);
  }

  private boolean isOwner(SimMachine machine) {
    return world.judge().owner().equals(Optional.of(machine));
  }

  private boolean isSettled() {
    return world.machines().stream().allMatch(it -> out.contains(it) || isStored(it))
        && world.machines().size() > out.size();
  }

  /// Whether the head is what its database holds now.
  private boolean isStored(SimMachine machine) {
    return machine
        .database()
        .history()
        .current()
        .filter(now -> now.checksum().equals(world.judge().head().checksum()))
        .isPresent();
  }
}
