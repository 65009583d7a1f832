package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RestoreTarget;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Schedules in which retention goes on while somebody reads the bucket. The judge of the
/// [SimWorld] holds each restore to what is really there.
class SimReadScheduleTest {
  private static final int ENOUGH = 2_000;

  private final SimWorld world = new SimWorld(1, true, false);
  private final SimMachine machine = world.machine();

  private void begin() {
    machine.start(Duration.ZERO, Optional.empty(), Optional.empty());
  }

  /// Commits something, and waits until it is stored.
  private Position store() {
    Position before = world.judge().head();
    while (machine
        .database()
        .commit()
        .orElseThrow()
        .checksum()
        .equals(before.checksum())) {
      // A commit that changes nothing; another one, then.
    }
    var now = machine.database().history().current().orElseThrow().checksum();
    world.until("a has stored", () -> world.judge().head().checksum().equals(now));
    return world.judge().head();
  }

  private void retain(Position upTo) {
    for (int i = 0; world.judge().boundary().txid().compareTo(upTo.txid()) < 0; i++) {
      assertThat(i).as("boundary").isLessThan(100);
      SimThreads.SimProcess process = world.maintain(0);
      world.until(process + " is done", () -> !world.threads().isAlive(process));
    }
  }

  private void restored(SimThreads.SimProcess restore) {
    world.until(restore + " is done", () -> !world.threads().isAlive(restore));
  }

  @Test
  void boundaryMovesBeforeTheLogIsListed() {
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

    restored(restore);
  }

  @Test
  void lastOfTheBoundariesCounts() {
    begin();
    Position first = store();
    Position second = store();
    store();
    store();
    retain(first);
    retain(second);
    retain(store());

    restored(world.restore(new RestoreTarget.Latest()));
  }
}
