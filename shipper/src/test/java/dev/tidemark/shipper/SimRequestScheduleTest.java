package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RestoreTarget;
import org.junit.jupiter.api.Test;

/// Schedules of single requests of one writer and of readers: lost, or overtaken by retention. The
/// judge of the [SimWorld] looks on all the time.
class SimRequestScheduleTest {
  private final SimWorld world = new SimWorld(1, true, false);
  private final SimScript script = new SimScript(world);
  private final SimMachine machine = world.machine();

  @Test
  void lostRequestIsMadeAgain() {
    script.start(machine);
    Position before = script.store(machine);
    world
        .store()
        .doom(SimScript.put(machine, SimScript.slotAfter(before)), SimWeather.Fate.LOST_REQUEST);
    script.commit(machine);
    machine.ask();

    assertThat(script.untilStored(machine).txid()).isGreaterThan(before.txid());
  }

  @Test
  void lostAnswerAfterARestartIsFoundToBeOurs() {
    script.start(machine);
    Position before = script.store(machine);
    machine.kill();
    script.start(machine);
    world
        .store()
        .doom(SimScript.put(machine, SimScript.slotAfter(before)), SimWeather.Fate.LOST_ANSWER);

    script.store(machine);
    script.store(machine);

    assertThat(machine.isFenced()).isFalse();
  }

  @Test
  void boundaryThatMovesBeforeTheLogIsListedIsSeen() {
    script.start(machine);
    Position first = script.store(machine);
    script.store(machine);
    script.store(machine);
    SimThreads.SimProcess restore = world.restore(new RestoreTarget.Latest());
    world
        .store()
        .hold(it ->
            it.by() == restore
                && it.op() == SimStore.Op.LIST
                && it.key().equals(ObjectKey.LOG)
                && !it.answered());
    script.steps();
    script.retain(first);

    world.store().release();

    script.untilDone(restore);
  }

  @Test
  void lastOfManyBoundariesCounts() {
    script.start(machine);
    Position last = script.store(machine);
    for (int i = 0; i < 3; i++) {
      Position next = script.store(machine);
      script.retain(last);
      last = next;
    }

    script.untilDone(world.restore(new RestoreTarget.Latest()));
  }
}
