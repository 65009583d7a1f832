package dev.tidemark.shipper;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Body;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.RecordName;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A replica of the log of a [SimWorld], as far as those who maintain it know it: by its record. It
/// comes, says how far it is, and leaves, one request after the other.
final class SimReplica {
  private static final RecordName ID = new RecordName("replica");
  private static final Duration LIFE = Duration.ofDays(365);

  private final SimWorld world;
  private final RandomGenerator random;
  private Optional<SimThreads.SimProcess> running = Optional.empty();

  SimReplica(SimWorld world, RandomGenerator random) {
    this.world = world;
    this.random = random;
  }

  private SimReplicas told() {
    return world.judge().promises().replicas();
  }

  /// Unless it is about to do something: it comes, or goes on to a later position, or leaves.
  void act() {
    if (running.filter(world.threads()::isAlive).isPresent()) {
      return;
    }
    Optional<Position> at = told().position(ID.value());
    Position boundary = world.judge().boundary();
    Position from = at.filter(it -> it.txid().compareTo(boundary.txid()) > 0).orElse(boundary);
    List<Position> ahead = world.judge().positionsFrom(from);
    if (at.isPresent() && random.nextInt(3) == 0) {
      start(this::leave);
    } else if (!ahead.isEmpty()) {
      Position to = ahead.get(random.nextInt(ahead.size()));
      start(store -> say(store, to));
    }
  }

  private interface Work {
    String on(ObjectStore store) throws StoreException, DamagedLogException, InterruptedException;
  }

  private void start(Work work) {
    SimThreads.SimProcess process = world.actor(ID.value());
    ObjectStore store = world.store().connect(process, SimPace.ONE_AT_A_TIME);
    running = Optional.of(process);
    world
        .threads()
        .start(
            process,
            () -> {
              try {
                world.tell("%s %s".formatted(process, work.on(store)));
              } catch (StoreException | DamagedLogException e) {
                world.tell("%s gives up: %s".formatted(process, e.getMessage()));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  private String say(ObjectStore store, Position position)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Id128> databaseId = Records.database(store).map(record -> record.databaseId());
    if (databaseId.isEmpty()) {
      return "finds no log";
    }
    told().advances(ID.value(), position);
    store.put(ID.replicaKey(), Body.of(record(databaseId.get(), position, world.store().now())));
    int boundaries = world.store().objects().list("boundary/", "").objects().size();
    told().hasSaid(ID.value(), position, boundaries);
    return "is at " + position;
  }

  private String leave(ObjectStore store) throws StoreException, InterruptedException {
    told().leaves(ID.value());
    store.delete(ID.replicaKey());
    return "has left";
  }

  static byte[] record(Id128 databaseId, Position position, Instant now) {
    return """
    {"format":1,"id":"%s","database_id":"%s","position":"%s","applied_at":"%s",\
    "expires_at":"%s"}\
    """
        .formatted(ID, databaseId, position, now, now.plus(LIFE))
        .getBytes(UTF_8);
  }

  static String key() {
    return ID.replicaKey();
  }
}
