package dev.tidemark.shipper;

import dev.tidemark.store.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What goes wrong on the machines of a [SimWorld] and on the way to the bucket, and is mended.
final class SimTrouble {
  private static final List<Integer> PAGE_SIZES = List.of(512, 1_024, 2_048);
  private static final int REFUSALS_MAX = 20;

  private final SimWorld world;
  private final RandomGenerator random;
  private final boolean files;
  private final boolean spoils;

  SimTrouble(SimWorld world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    this.files = random.nextInt(3) == 0;
    this.spoils = random.nextInt(4) == 0;
  }

  void disturb(SimMachine machine) {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> start(machine);
      case 6 -> {
        world.tell(machine + ": the daemon is killed");
        machine.kill();
      }
      case 7 -> {
        world.tell(machine + " loses power");
        world.judge().losePower(machine);
      }
      case 8 -> {
        if (machine.runs()) {
          int n = 1 + random.nextInt(60);
          world.tell("%s: the daemon will be killed at file call %d".formatted(machine, n));
          machine.disk().killAt(n);
        }
      }
      case 9 -> {
        int n = 1 + random.nextInt(60);
        world.tell("%s: file call %d will fail".formatted(machine, n));
        machine.disk().failAt(n);
      }
      case 10 -> disk(machine);
      case 11 -> {
        boolean stops = random.nextBoolean();
        world.tell("%s: the daemon is %s".formatted(machine, stops ? "stopped" : "continued"));
        machine.stopped(stops);
      }
      case 12 -> {
        long wrongBy = random.nextLong(-86_400_000, 86_400_000);
        world.tell("%s: its clock is wrong by %d ms".formatted(machine, wrongBy));
        machine.clock(wrongBy);
      }
      case 13 -> close(machine);
      case 14 -> {
        if (files) {
          changeFiles(machine);
        }
      }
      case 15, 16, 17 -> weather();
      case 18 -> spoil();
      default -> {
        if (world.store().hasPending()) {
          world.tell("a late request arrives");
          world.store().arrive();
        }
      }
    }
  }

  void start(SimMachine machine) {
    if (!machine.runs()) {
      Optional<Duration> spoolSync =
          random.nextBoolean()
              ? Optional.of(Duration.ofMillis(random.nextInt(3) * 50L))
              : Optional.empty();
      world.tell(machine + ": the daemon starts");
      machine.start(Duration.ofMillis(random.nextInt(4) * 300L), spoolSync, Optional.empty());
    }
  }

  private void disk(SimMachine machine) {
    if (random.nextBoolean()) {
      int room = random.nextInt(60_000);
      world.tell("%s: its disk has room for %d bytes".formatted(machine, room));
      machine.disk().room(room);
    } else {
      world.tell(machine + ": its disk is well");
      machine.disk().calm();
    }
  }

  private void close(SimMachine machine) {
    if (machine.database().isOpen()) {
      world.tell(machine + " closes its database");
      machine.database().close();
    }
  }

  private void changeFiles(SimMachine machine) {
    SimDatabase database = machine.database();
    if (!database.isOpen() || database.waitingSince().isPresent()) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> {
        List<SimState> line = new ArrayList<>(database.history().line());
        if (database.isWal() && !line.isEmpty()) {
          SimState older = line.get(random.nextInt(line.size()));
          world.tell("%s: state %d is put back".formatted(machine, older.number()));
          database.replace(older, false);
        }
      }
      case 1 -> {
        world.tell(machine + ": the database is deleted");
        database.delete();
      }
      case 2 -> {
        int size = PAGE_SIZES.get(random.nextInt(PAGE_SIZES.size()));
        boolean done = database.changePageSize(size);
        world.tell("%s: page size %d: %s".formatted(machine, size, done));
      }
      case 3 -> {
        boolean done = database.journalMode(random.nextInt(3) > 0);
        world.tell("%s: another journal mode: %s".formatted(machine, done));
      }
      default -> {
        // Without conditions, what a writer puts again is the same only if it remembers it.
        if (!machine.runs() && world.store().honoursConditions()) {
          world.tell(machine + ": its state directory is removed");
          machine.loseState(random);
        }
      }
    }
  }

  private void weather() {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        world.tell("the network is bad");
        world.store().weather(SimWeather.rough(random.nextDouble() / 7));
      }
      case 3 -> {
        world.tell("the bucket cannot be reached");
        world.store().weather(SimWeather.AWAY);
      }
      case 4 -> {
        world.tell("the bucket refuses everybody");
        world.store().weather(SimWeather.REFUSED);
      }
      default -> {
        world.tell("the network is good");
        world.store().weather(SimWeather.FAIR);
        world.store().heal();
      }
    }
  }

  private void spoil() {
    List<String> keys = List.copyOf(world.store().objects().objects().keySet());
    if (spoils && !keys.isEmpty()) {
      String key = keys.get(random.nextInt(keys.size()));
      if (ObjectKey.parse(key).isPresent()) {
        world.tell("reads of %s are wrong".formatted(key));
        world.store().spoil(key);
      }
    }
  }

  /// The applications were not kept from their checkpoints.
  void checkHarmless() {
    for (SimMachine machine : world.machines()) {
      SimJudge.require(
          machine.database().refusedInARow() <= REFUSALS_MAX,
          "%s: %d checkpoints in a row were refused"
              .formatted(machine, machine.database().refusedInARow()));
    }
  }
}
