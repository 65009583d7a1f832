package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DatabaseRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RestoreTarget;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Schedules that break a log of slots when one of its rules is left out, step by step, with whole
/// daemons. Each must be harmless; the judge of the [SimWorld] looks on all the time.
class SimScheduleTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private SimWorld world = new SimWorld(1, true, true);

  private void start(SimMachine machine) {
    start(machine, Optional.empty());
  }

  private void start(SimMachine machine, Optional<Position> takeOver) {
    machine.start(Duration.ZERO, Optional.empty(), takeOver);
  }

  private void commit(SimMachine machine) {
    SimState before = machine.database().history().current().orElseThrow();
    // Some commits change nothing.
    while (machine.database().commit().orElseThrow().checksum().equals(before.checksum())) {
      // Another one, then.
    }
  }

  /// Commits, and waits until it is stored.
  private Position store(SimMachine machine) {
    commit(machine);
    var now = machine.database().history().current().orElseThrow().checksum();
    world.until(machine + " has stored", () -> world.judge().head().checksum().equals(now));
    world.until("at rest", () -> !world.threads().isBusy());
    return world.judge().head();
  }

  /// Enough for everything that is not held up.
  private void steps() {
    for (int i = 0; i < 2_000; i++) {
      world.step();
    }
  }

  private void untilFenced(SimMachine machine) {
    world.until(machine + " is refused", machine::isFenced);
  }

  /// Retention until the boundary is there, and what lies below is deleted.
  private void retain(Position upTo) {
    for (int i = 0; world.judge().boundary().txid().compareTo(upTo.txid()) < 0; i++) {
      assertThat(i).as("boundary").isLessThan(100);
      SimThreads.SimProcess process = world.maintain(0);
      world.until(process + " is done", () -> !world.threads().isAlive(process));
    }
  }

  private boolean isStored(String key) {
    return world.store().objects().objects().containsKey(key);
  }

  private static Predicate<SimStore.Request> put(SimMachine by, String key) {
    return it ->
        by.owns(it.by()) && it.op() == SimStore.Op.PUT && it.key().equals(key) && !it.answered();
  }

  private static String slotAfter(Position position) {
    return ObjectKey.Slot.after(position).text();
  }

  /// Two machines at one position, each with a commit of its own; the put of the second is on its
  /// way to the slot that both want.
  private record Twins(SimMachine a, SimMachine b, Position before, Position common) {
    String slot() {
      return slotAfter(common);
    }
  }

  private Twins twins() {
    SimMachine a = world.machine();
    start(a);
    Position before = store(a);
    Position common = store(a);
    SimMachine b = world.copy(a);
    b.database().open();
    Twins twins = new Twins(a, b, before, common);
    world.store().hold(put(b, twins.slot()));
    start(b);
    commit(b);
    steps();
    return twins;
  }

  @Test
  void cloneOfALiveDiskIsRefused() {
    SimMachine a = world.machine();
    start(a);
    store(a);
    SimMachine b = world.copy(a);
    Position head = store(a);

    start(b);

    untilFenced(b);
    assertThat(world.judge().head()).isEqualTo(head);
    assertThat(b.ended().orElseThrow()).contains(head.toString());
  }

  @Test
  void ofTwoClonesTheFirstToPutGoesOn() {
    Twins twins = twins();
    store(twins.a());

    world.store().release();

    untilFenced(twins.b());
    assertThat(twins.a().runs()).isTrue();
    store(twins.a());
  }

  @Test
  void findingOneselfInADeletedSlotIsNoProof() {
    Twins twins = twins();
    Position first = store(twins.a());
    store(twins.a());
    store(twins.a());
    world.pass(HOUR_NANOS);
    retain(first);
    assertThat(isStored(twins.slot())).isFalse();

    world.store().doom(put(twins.b(), twins.slot()), SimWeather.Fate.LOST_ANSWER);
    world.store().release();
    twins.b().ask();

    untilFenced(twins.b());
    assertThat(isStored(twins.slot())).as("the orphan").isTrue();
  }

  @Test
  void absentSlotIsNoProof() {
    Twins twins = twins();
    Position first = store(twins.a());
    store(twins.a());
    store(twins.a());
    retain(first);

    world.store().doom(put(twins.b(), twins.slot()), SimWeather.Fate.LOST_REQUEST);
    world.store().release();
    twins.b().ask();

    untilFenced(twins.b());
  }

  @Test
  void everyNewerBoundaryIsRead() {
    Twins twins = twins();
    // The first one is below the slot that B wants.
    retain(twins.before());
    Position taken = store(twins.a());
    store(twins.a());
    store(twins.a());
    retain(taken);

    world.store().release();
    twins.b().ask();

    untilFenced(twins.b());
  }

  @Test
  void requestThatArrivesHoursLateProvesNothing() {
    Twins twins = twins();
    Position first = store(twins.a());
    store(twins.a());
    store(twins.a());
    world.store().doom(put(twins.b(), twins.slot()), SimWeather.Fate.LATE);
    world.store().release();
    world.until("the put is late", () -> world.store().hasPending());
    twins.b().stopped(true);
    world.pass(5 * HOUR_NANOS);
    retain(first);
    world.store().arrive();
    assertThat(isStored(twins.slot())).as("the orphan").isTrue();
    twins.b().stopped(false);
    twins.b().ask();

    untilFenced(twins.b());
  }

  @Test
  void proofOfOneSlotSaysNothingAboutTheNext() {
    SimMachine a = world.machine();
    start(a);
    Position common = store(a);
    SimMachine b = world.copy(a);
    // A stores, and sleeps before it has read the boundary.
    world.store().hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.GET);
    commit(a);
    world.until("a has put", () -> isStored(slotAfter(common)));
    Position taken = world.judge().head();
    a.stopped(true);
    world.store().release();
    // A person lets B go on from there.
    b.database().open();
    start(b, Optional.of(taken));
    Position first = store(b);
    store(b);
    store(b);
    world.pass(HOUR_NANOS);
    commit(a);
    world.store().hold(put(a, slotAfter(taken)));
    a.ask();
    a.stopped(false);
    steps();
    retain(first);

    world.store().release();

    untilFenced(a);
  }

  @Test
  void followerBehindTheBoundaryJumps() {
    SimMachine a = world.machine();
    start(a);
    Position first = store(a);
    store(a);
    store(a);
    retain(first);

    assertThat(follow().position()).isEqualTo(world.judge().head());
  }

  private SimFollower follow() {
    SimThreads.SimProcess process = new SimThreads.SimProcess("follower");
    SimFollower follower = world.follower(process);
    world.threads().start(process, follower);
    world.until("the follower has looked", () -> !world.threads().isAlive(process));
    return follower;
  }

  @Test
  void orphanIsNeitherFollowedNorRestored() {
    SimMachine a = world.machine();
    SimMachine b = world.copy(a);
    b.database().open();
    b.database().journalMode(true);
    String slot = slotAfter(Position.START);
    world.store().hold(put(b, slot));
    start(b);
    commit(b);
    start(a);
    Position first = store(a);
    store(a);
    store(a);
    retain(first);
    world.store().release();
    b.ask();
    untilFenced(b);
    assertThat(isStored(slot)).as("the orphan").isTrue();

    assertThat(follow().position()).isEqualTo(world.judge().head());
    SimThreads.SimProcess restore = world.restore(new RestoreTarget.Latest());
    world.until("restored", () -> !world.threads().isAlive(restore));
    a.kill();
    start(a);
    store(a);
  }

  @Test
  void twoTakeOversOfOnePositionAreNotBothTheWriter() {
    SimMachine a = world.machine();
    start(a);
    store(a);
    SimMachine b = world.copy(a);
    SimMachine c = world.copy(a);
    Position head = store(a);
    a.kill();
    world.store().hold(put(b, slotAfter(head)).or(put(c, slotAfter(head))));
    start(b, Optional.of(head));
    start(c, Optional.of(head));
    steps();
    world.store().release();

    world.until("one is refused", () -> b.isFenced() || c.isFenced());
    assertThat(b.isFenced() && c.isFenced()).isFalse();
  }

  @Test
  void takeOverOfAnOldHeadIsRefused() {
    SimMachine a = world.machine();
    start(a);
    Position old = store(a);
    SimMachine b = world.copy(a);
    store(a);

    start(b, Optional.of(old));

    untilFenced(b);
    assertThat(b.ended().orElseThrow()).contains("is not the head");
  }

  @Test
  void loneWriterIsNotFencedByItsOwnRetention() {
    SimMachine a = world.machine();
    start(a);
    store(a);
    Position before = store(a);
    world.store().hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.GET);
    commit(a);
    world.until("a has put", () -> isStored(slotAfter(before)));
    a.stopped(true);
    world.store().release();
    retain(before);
    a.stopped(false);

    store(a);

    assertThat(a.isFenced()).isFalse();
  }

  @Test
  void writerWhoseSpoolACopyCutElsewhereGoesOnFromThere() {
    SimMachine a = world.machine();
    start(a);
    String second = slotAfter(store(a));
    world.store().hold(put(a, second));
    commit(a);
    steps();
    commit(a);
    commit(a);
    steps();
    // Transaction 2 is a segment of its own, which A stores; 3 and 4 are in the log of both.
    SimMachine b = world.copy(a);
    world.store().release();
    world
        .store()
        .hold(it -> a.owns(it.by()) && it.op() == SimStore.Op.PUT && !it.key().equals(second));
    commit(a);
    a.ask();
    steps();
    // A has closed 3 to 5 as one segment; B stores 3 and 4.
    b.database().open();
    start(b);
    world.until("b has stored", () -> world.judge().owner().equals(Optional.of(b)));
    b.kill();
    world.store().release();
    untilFenced(a);

    start(a);

    var now = a.database().history().current().orElseThrow().checksum();
    world.until("a goes on", () -> world.judge().head().checksum().equals(now));
    assertThat(world.judge().owner()).contains(a);
  }

  @Test
  void whereThereAreNoConditionsTheIdenticalSegmentIsPutAgainAfterARestart() {
    world = new SimWorld(1, false, false);
    SimMachine a = world.machine();
    start(a);
    Position before = store(a);
    commit(a);
    world.store().doom(put(a, slotAfter(before)), SimWeather.Fate.LATE);
    a.ask();
    world.until("the put is late", () -> world.store().hasPending());
    world.store().weather(SimWeather.AWAY);
    commit(a);
    steps();
    a.kill();
    world.store().weather(SimWeather.FAIR);
    start(a);
    Position head = store(a);

    world.store().arrive();
    world.observe();

    assertThat(world.judge().head()).isEqualTo(head);
  }

  @Test
  void whereThereAreNoConditionsALateIdentityIsTheSame() {
    world = new SimWorld(1, false, false);
    SimMachine a = world.machine();
    world.store().doom(put(a, DatabaseRecord.KEY), SimWeather.Fate.LATE);
    start(a);
    world.until("the put is late", () -> world.store().hasPending());
    a.kill();
    start(a);
    store(a);

    world.store().arrive();
    a.kill();
    start(a);

    store(a);
    assertThat(a.isFenced()).isFalse();
  }

  @Test
  void commitsToAFileThatWasMissingAreWaitedFor() {
    SimMachine a = world.machine();
    start(a);
    store(a);
    a.database().delete();
    a.ask();
    steps();
    a.database().open();
    a.database().journalMode(true);
    commit(a);
    // The judge holds the answer to what is committed now.
    a.ask();
    steps();
    assertThat(world.judge().head().checksum())
        .isEqualTo(a.database().history().current().orElseThrow().checksum());
  }
}
