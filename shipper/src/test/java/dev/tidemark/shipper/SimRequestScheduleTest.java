package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RestoreTarget;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Schedules of single requests of one writer and of readers: lost, or overtaken by retention. The
/// judge of the [SimWorld] looks on all the time.
class SimRequestScheduleTest {
  private static final int ENOUGH = 2_000;

  private final SimWorld world = new SimWorld(1, true, false);
  private final SimMachine machine = world.machine();

  private void begin() {
    machine.start(Duration.ZERO, Optional.empty(), Optional.empty());
  }

  private void commit() {
    SimState before = machine.database().history().current().orElseThrow();
    while (machine.database().commit().orElseThrow().checksum().equals(before.checksum())) {
      // It changed nothing; another one, then.
    }
  }

  private Position untilStored() {
    var now = machine.database().history().current().orElseThrow().checksum();
    world.until(machine + " has stored", () -> world.judge().head().checksum().equals(now));
    world.until("at rest", () -> !world.threads().isBusy());
    return world.judge().head();
  }

  private Position store() {
    commit();
    return untilStored();
  }

  private static Predicate<SimStore.Request> put(Position after) {
    String slot = ObjectKey.Slot.after(after).text();
    return it -> it.op() == SimStore.Op.PUT && it.key().equals(slot) && !it.answered();
  }

  private void retain(Position upTo) {
    for (int i = 0; world.judge().boundary().txid().compareTo(upTo.txid()) < 0; i++) {
      assertThat(i).as("boundary").isLessThan(100);
      SimThreads.SimProcess process = world.maintain(0);
      untilDone(process);
    }
  }

  private void untilDone(SimThreads.SimProcess process) {
    world.until(process + " is done", () -> !world.threads().isAlive(process));
  }

  @Test
  void lostRequestIsMadeAgain() {
    begin();
    Position before = store();
    world.store().doom(put(before), SimWeather.Fate.LOST_REQUEST);
    commit();
    machine.ask();

    assertThat(untilStored().txid()).isGreaterThan(before.txid());
  }

  @Test
  void lostAnswerAfterARestartIsFoundToBeOurs() {
    begin();
    Position before = store();
    machine.kill();
    begin();
    world.store().doom(put(before), SimWeather.Fate.LOST_ANSWER);

    store();
    store();

    assertThat(machine.isFenced()).isFalse();
  }

  @Test
  void boundaryThatMovesBeforeTheLogIsListedIsSeen() {
    begin();
    Position first = store();
    store();
    store();
    SimThreads.SimProcess restore = world.restore(new RestoreTarget.Latest());
    world
        .store()
        .hold(it ->
            it.by() == restore
                && it.op() == SimStore.Op.LIST
                && it.key().equals(ObjectKey.LOG)
                && !it.answered());
    for (int i = 0; i < ENOUGH; i++) {
      world.step();
    }
    retain(first);

    world.store().release();

    untilDone(restore);
  }

  @Test
  void lastOfManyBoundariesCounts() {
    begin();
    Position last = store();
    for (int i = 0; i < 3; i++) {
      Position next = store();
      retain(last);
      last = next;
    }

    untilDone(world.restore(new RestoreTarget.Latest()));
  }
}
