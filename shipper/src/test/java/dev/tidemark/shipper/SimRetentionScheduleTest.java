package dev.tidemark.shipper;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.retention.Levels;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.RetentionSettings;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.Records;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Schedules of the product's maintainer, step by step. The judge of the [SimWorld] looks on all
/// the time.
class SimRetentionScheduleTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final SimPolicy NOTHING =
      new SimPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  private final SimWorld world = new SimWorld(1, true, true);
  private final SimScript script = new SimScript(world);
  private final SimRetention retention = new SimRetention(world, new SplittableRandom(1));

  private static MaintainOptions options(
      Optional<Levels> levels, Optional<Duration> snapshots, boolean keeps) {
    return new MaintainOptions(
        levels,
        snapshots,
        keeps ? Optional.of(NOTHING.keep()) : Optional.empty(),
        new RetentionSettings(Duration.ZERO, Duration.ZERO, DAY),
        false);
  }

  private static Optional<Levels> level(long millis) {
    return Optional.of(new Levels(List.of(Duration.ofMillis(millis))));
  }

  private SimThreads.SimProcess maintain(MaintainOptions options) {
    return retention.maintain(options, SimPace.ONE_AT_A_TIME);
  }

  private void snapshot() {
    script.untilDone(maintain(options(Optional.empty(), Optional.of(Duration.ZERO), false)));
  }

  @Test
  void boundaryWaitsForAReplica() throws Exception {
    SimMachine a = world.machine();
    script.start(a);
    script.store(a);
    Position replica = script.store(a);
    script.store(a);
    snapshot();
    script.store(a);
    Id128 id = Records.database(world.store().objects()).orElseThrow().databaseId();
    world
        .store()
        .put(
            new SimThreads.SimProcess("replica"),
            SimReplica.key(),
            SimReplica.record(id, replica, world.store().now()));

    script.untilDone(maintain(options(level(1), Optional.empty(), true)));

    SimJudge.require(
        world.judge().boundary().txid().compareTo(replica.txid()) <= 0,
        "the boundary passed a replica: " + world.judge().boundary());
  }

  @Test
  void orphanBelowTheBoundaryIsNoInput() {
    SimMachine a = world.machine();
    String slot = SimScript.slotAfter(Position.START);
    SimMachine b = script.heldTwin(a, slot);
    script.start(a);
    script.store(a);
    script.store(a);
    snapshot();
    script.store(a);
    script.untilDone(maintain(options(Optional.empty(), Optional.empty(), true)));
    SimJudge.require(!script.isStored(slot), "the slot is still there");
    world.store().release();
    b.ask();
    script.untilFenced(b);
    SimJudge.require(script.isStored(slot), "there is no orphan");
    world.pass(DAY.toNanos());

    script.untilDone(maintain(options(level(1), Optional.empty(), false)));
  }

  /// (0,2] crosses (1,3]: who takes both for whole lets go of what leads to the boundary.
  @Test
  void nothingGoesBecauseOfACrossedCover() throws Exception {
    SimMachine a = world.machine();
    script.start(a);
    for (int i = 0; i < 4; i++) {
      script.store(a);
    }
    Id128 id = Records.database(world.store().objects()).orElseThrow().databaseId();
    List<SimBucket.Segment> segments =
        SimBucket.read(world.store().sound(), new SimBucket.Cache()).segments();
    put(1, SimCover.merged(segments.subList(0, 1), id));
    put(1, SimCover.merged(segments.subList(1, 3), id));
    put(1, SimCover.merged(segments.subList(2, 3), id));
    put(2, SimCover.merged(segments.subList(0, 2), id));
    Records.putBoundary(
        world.store().objects(),
        new BoundaryRecord(1, id, segments.get(2).object().end(), SimMachine.START));
    world.observe();

    script.untilDone(maintain(options(Optional.empty(), Optional.empty(), true)));

    SimJudge.require(
        !script.isStored(segments.getFirst().key()), "what lies below the boundary is still there");
  }

  /// Nor can it be mended, since a segment below it cannot be read.
  @Test
  void boundaryDoesNotMoveAlongADamagedCover() throws Exception {
    SimMachine a = world.machine();
    script.start(a);
    for (int i = 0; i < 3; i++) {
      script.store(a);
    }
    Id128 id = Records.database(world.store().objects()).orElseThrow().databaseId();
    List<SimBucket.Segment> segments =
        SimBucket.read(world.store().sound(), new SimBucket.Cache()).segments();
    world.store().breakUploads(1);
    put(1, SimCover.merged(segments.subList(0, 2), id));
    world.store().breakUploads(0);
    world.store().spoil(segments.getFirst().key());
    world.observe();

    script.untilDone(maintain(options(Optional.empty(), Optional.empty(), true)));

    SimJudge.require(
        world.judge().boundary().equals(Position.START),
        "the log is broken: the boundary is at " + world.judge().boundary());
  }

  private void put(int level, SimCover cover) {
    ObjectKey.Merged key = (ObjectKey.Merged) cover.key();
    world
        .store()
        .put(
            new SimThreads.SimProcess("maintainer"),
            new ObjectKey.Merged(level, key.first(), key.last(), key.end().checksum()).text(),
            cover.bytes());
  }
}
