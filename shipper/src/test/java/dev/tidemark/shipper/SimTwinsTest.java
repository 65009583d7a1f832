package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import org.junit.jupiter.api.Test;

/// Schedules in which two machines want one slot ([SimTwins]), and one rule left out would let both
/// go on. The judge of the [SimWorld] looks on all the time.
class SimTwinsTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final SimWorld world = new SimWorld(1, true, true);
  private final SimScript script = new SimScript(world);
  private final SimTwins twins = SimTwins.in(world, script);

  @Test
  void ofTwoClonesTheFirstToPutGoesOn() {
    script.store(twins.a());

    world.store().release();

    script.untilFenced(twins.b());
    assertThat(twins.a().runs()).isTrue();
    script.store(twins.a());
  }

  @Test
  void findingOneselfInADeletedSlotIsNoProof() {
    Position first = script.store(twins.a());
    script.store(twins.a());
    script.store(twins.a());
    world.pass(HOUR_NANOS);
    script.retain(first);
    assertThat(script.isStored(twins.slot())).isFalse();

    world.store().doom(SimScript.put(twins.b(), twins.slot()), SimWeather.Fate.LOST_ANSWER);
    world.store().release();
    twins.b().ask();

    script.untilFenced(twins.b());
    assertThat(script.isStored(twins.slot())).as("the orphan").isTrue();
  }

  @Test
  void absentSlotIsNoProof() {
    Position first = script.store(twins.a());
    script.store(twins.a());
    script.store(twins.a());
    script.retain(first);

    world.store().doom(SimScript.put(twins.b(), twins.slot()), SimWeather.Fate.LOST_REQUEST);
    world.store().release();
    twins.b().ask();

    script.untilFenced(twins.b());
  }

  @Test
  void everyNewerBoundaryIsRead() {
    // The first one is below the slot that B wants.
    script.retain(twins.before());
    Position taken = script.store(twins.a());
    script.store(twins.a());
    script.store(twins.a());
    script.retain(taken);

    world.store().release();
    twins.b().ask();

    script.untilFenced(twins.b());
  }

  @Test
  void requestThatArrivesHoursLateProvesNothing() {
    Position first = script.store(twins.a());
    script.store(twins.a());
    script.store(twins.a());
    world.store().doom(SimScript.put(twins.b(), twins.slot()), SimWeather.Fate.LATE);
    world.store().release();
    world.until("the put is late", () -> world.store().hasPending());
    twins.b().stopped(true);
    world.pass(5 * HOUR_NANOS);
    script.retain(first);
    world.store().arrive();
    assertThat(script.isStored(twins.slot())).as("the orphan").isTrue();
    twins.b().stopped(false);
    twins.b().ask();

    script.untilFenced(twins.b());
  }
}
