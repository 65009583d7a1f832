package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/// What the schedules of a [SimWorld] are written in: one step each, waited for until it is over.
final class SimScript {
  private static final int ENOUGH = 2_000;
  private static final int RETENTIONS_MAX = 100;

  private final SimWorld world;

  SimScript(SimWorld world) {
    this.world = world;
  }

  void start(SimMachine machine) {
    start(machine, Optional.empty());
  }

  void start(SimMachine machine, Optional<Position> takeOver) {
    machine.start(Duration.ZERO, Optional.empty(), takeOver);
  }

  /// A commit that changes something.
  void commit(SimMachine machine) {
    SimState before = machine.database().history().current().orElseThrow();
    while (machine.database().commit().orElseThrow().checksum().equals(before.checksum())) {
      // It changed nothing; another one, then.
    }
  }

  /// Commits, and waits until it is stored.
  Position store(SimMachine machine) {
    commit(machine);
    return untilStored(machine);
  }

  Position untilStored(SimMachine machine) {
    var now = machine.database().history().current().orElseThrow().checksum();
    world.until(machine + " has stored", () -> world.judge().head().checksum().equals(now));
    world.until("at rest", () -> !world.threads().isBusy());
    return world.judge().head();
  }

  /// Enough for everything that is not held up.
  void steps() {
    for (int i = 0; i < ENOUGH; i++) {
      world.step();
    }
  }

  void untilFenced(SimMachine machine) {
    world.until(machine + " is refused", machine::isFenced);
  }

  void untilDone(SimThreads.SimProcess process) {
    world.until(process + " is done", () -> !world.threads().isAlive(process));
  }

  /// Retention until the boundary is there, and what lies below is deleted.
  void retain(Position upTo) {
    for (int i = 0; world.judge().boundary().txid().compareTo(upTo.txid()) < 0; i++) {
      SimJudge.require(i < RETENTIONS_MAX, "the boundary does not come to " + upTo);
      untilDone(world.maintain(0));
    }
  }

  /// A copy of a machine whose commit is on its way to a slot, and does not arrive before the store
  /// releases it.
  SimMachine heldTwin(SimMachine of, String slot) {
    SimMachine twin = world.copy(of);
    twin.database().open();
    twin.database().journalMode(true);
    world.store().hold(put(twin, slot));
    start(twin);
    commit(twin);
    return twin;
  }

  boolean isStored(String key) {
    return world.store().objects().objects().containsKey(key);
  }

  static Predicate<SimStore.Request> put(SimMachine by, String key) {
    return it ->
        by.owns(it.by()) && it.op() == SimStore.Op.PUT && it.key().equals(key) && !it.answered();
  }

  static String slotAfter(Position position) {
    return ObjectKey.Slot.after(position).text();
  }
}
