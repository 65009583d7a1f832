package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.RestoreTarget;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Schedules that break a log of slots when one of its rules is left out, step by step, with whole
/// daemons. Each must be harmless; the judge of the [SimWorld] looks on all the time.
class SimScheduleTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private SimWorld world = new SimWorld(1, true, true);
  private SimScript script = new SimScript(world);

  @Test
  void cloneOfALiveDiskIsRefused() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    SimMachine b = world.copy(a);
    Position head = script.store(a);

    script.start(b);

    script.untilFenced(b);
    assertThat(world.judge().head()).isEqualTo(head);
    assertThat(b.ended().orElseThrow()).contains(head.toString());
  }

  @Test
  void proofOfOneSlotSaysNothingAboutTheNext() {
    SimMachine a = world.machine();
    script.start(a);
    Position common = script.store(a);
    SimMachine b = world.copy(a);
    // A stores, and sleeps before it has read the boundary.
    world.store().hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.GET);
    script.commit(a);
    world.until("a has put", () -> script.isStored(SimScript.slotAfter(common)));
    Position taken = world.judge().head();
    a.stopped(true);
    world.store().release();
    // A person lets B go on from there.
    b.database().open();
    script.start(b, Optional.of(taken));
    Position first = script.store(b);
    script.store(b);
    script.store(b);
    world.pass(HOUR_NANOS);
    script.commit(a);
    world.store().hold(SimScript.put(a, SimScript.slotAfter(taken)));
    a.ask();
    a.stopped(false);
    script.steps();
    script.retain(first);

    world.store().release();

    script.untilFenced(a);
  }

  @Test
  void followerBehindTheBoundaryJumps() {
    SimMachine a = world.machine();
    script.start(a);
    Position first = script.store(a);
    script.store(a);
    script.store(a);
    script.retain(first);

    assertThat(follow().position()).isEqualTo(world.judge().head());
  }

  private SimFollower follow() {
    SimThreads.SimProcess process = new SimThreads.SimProcess("follower");
    SimFollower follower = world.follower(process);
    world.threads().start(process, follower);
    script.untilDone(process);
    return follower;
  }

  @Test
  void orphanIsNeitherFollowedNorRestored() {
    SimMachine a = world.machine();
    String slot = SimScript.slotAfter(Position.START);
    SimMachine b = script.heldTwin(a, slot);
    script.start(a);
    Position first = script.store(a);
    script.store(a);
    script.store(a);
    script.retain(first);
    world.store().release();
    b.ask();
    script.untilFenced(b);
    assertThat(script.isStored(slot)).as("the orphan").isTrue();

    assertThat(follow().position()).isEqualTo(world.judge().head());
    script.untilDone(world.restore(new RestoreTarget.Latest()));
    a.kill();
    script.start(a);
    script.store(a);
  }

  @Test
  void twoTakeOversOfOnePositionAreNotBothTheWriter() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    SimMachine b = world.copy(a);
    SimMachine c = world.copy(a);
    Position head = script.store(a);
    a.kill();
    world
        .store()
        .hold(
            SimScript.put(b, SimScript.slotAfter(head))
                .or(SimScript.put(c, SimScript.slotAfter(head))));
    script.start(b, Optional.of(head));
    script.start(c, Optional.of(head));
    script.steps();
    world.store().release();

    world.until("one is refused", () -> b.isFenced() || c.isFenced());
    assertThat(b.isFenced() && c.isFenced()).isFalse();
  }

  @Test
  void takeOverOfAnOldHeadIsRefused() {
    SimMachine a = world.machine();
    script.start(a);
    Position old = script.store(a);
    SimMachine b = world.copy(a);
    script.store(a);

    script.start(b, Optional.of(old));

    script.untilFenced(b);
    assertThat(b.ended().orElseThrow()).contains("is not the head");
  }

  @Test
  void loneWriterIsNotFencedByItsOwnRetention() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    Position before = script.store(a);
    world.store().hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.GET);
    script.commit(a);
    world.until("a has put", () -> script.isStored(SimScript.slotAfter(before)));
    a.stopped(true);
    world.store().release();
    script.retain(before);
    a.stopped(false);

    script.store(a);

    assertThat(a.isFenced()).isFalse();
  }

  @Test
  void writerWhoseSpoolACopyCutElsewhereGoesOnFromThere() {
    SimMachine a = world.machine();
    script.start(a);
    String second = SimScript.slotAfter(script.store(a));
    world.store().hold(SimScript.put(a, second));
    script.commit(a);
    script.steps();
    script.commit(a);
    script.commit(a);
    script.steps();
    // Transaction 2 is a segment of its own, which A stores; 3 and 4 are in the log of both.
    SimMachine b = world.copy(a);
    world.store().release();
    world
        .store()
        .hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.PUT && !it.key().equals(second));
    script.commit(a);
    a.ask();
    script.steps();
    // A has closed 3 to 5 as one segment; B stores 3 and 4.
    b.database().open();
    script.start(b);
    world.until("b has stored", () -> world.judge().owner().equals(Optional.of(b)));
    b.kill();
    world.store().release();
    script.untilFenced(a);

    script.start(a);

    var now = a.database().history().current().orElseThrow().checksum();
    world.until("a goes on", () -> world.judge().head().checksum().equals(now));
    assertThat(world.judge().owner()).contains(a);
  }

  @Test
  void whereThereAreNoConditionsTheIdenticalSegmentIsPutAgainAfterARestart() {
    world = new SimWorld(1, false, false);
    script = new SimScript(world);
    SimMachine a = world.machine();
    script.start(a);
    Position before = script.store(a);
    script.commit(a);
    world.store().doom(SimScript.put(a, SimScript.slotAfter(before)), SimWeather.Fate.LATE);
    a.ask();
    world.until("the put is late", () -> world.store().hasPending());
    world.store().weather(SimWeather.AWAY);
    script.commit(a);
    script.steps();
    a.kill();
    world.store().weather(SimWeather.FAIR);
    script.start(a);
    Position head = script.store(a);

    world.store().arrive();
    world.observe();

    assertThat(world.judge().head()).isEqualTo(head);
  }

  @Test
  void whereThereAreNoConditionsALateIdentityIsTheSame() {
    world = new SimWorld(1, false, false);
    script = new SimScript(world);
    SimMachine a = world.machine();
    world.store().doom(SimScript.put(a, DatabaseRecord.KEY), SimWeather.Fate.LATE);
    script.start(a);
    world.until("the put is late", () -> world.store().hasPending());
    a.kill();
    script.start(a);
    script.store(a);

    world.store().arrive();
    a.kill();
    script.start(a);

    script.store(a);
    assertThat(a.isFenced()).isFalse();
  }

  @Test
  void rollbackModeThatPassesIsNoReasonToEnd() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    a.kill();
    assertThat(a.database().journalMode(false)).isTrue();
    long begun = world.threads().nanos();
    script.start(a);
    world.until("it has looked", () -> world.threads().nanos() - begun > 300_000_000L);
    assertThat(a.database().journalMode(true)).isTrue();

    script.store(a);
    assertThat(a.ended()).isEmpty();
  }

  @Test
  void commitsToAFileThatIsElsewhereAreWaitedFor() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    a.kill();
    script.commit(a);
    a.database().moveAway();
    script.start(a);
    a.ask();
    script.steps();
    a.database().moveBack();
    script.steps();
    assertThat(world.judge().head().checksum())
        .isEqualTo(a.database().history().current().orElseThrow().checksum());
  }

  @Test
  void commitsToAFileThatWasMissingAreWaitedFor() {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    a.database().delete();
    a.ask();
    script.steps();
    a.database().open();
    a.database().journalMode(true);
    script.commit(a);
    // The judge holds the answer to what is committed now.
    a.ask();
    script.steps();
    assertThat(world.judge().head().checksum())
        .isEqualTo(a.database().history().current().orElseThrow().checksum());
  }
}
