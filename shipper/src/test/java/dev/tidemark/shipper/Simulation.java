package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One run of everything that ships, in memory, from one seed: machines with their applications,
/// disks and daemons, and a bucket behind a bad network. Time, randomness and the order of threads
/// follow from the seed, so a run can be repeated bit for bit.
///
/// What must always hold is checked all along; an AssertionError tells what did not, and how the
/// run came there.
final class Simulation {
  private static final int STEPS = 1_500;
  private static final int SETTLING_STEPS = 60_000;
  private static final int PAGE_BYTES = 512;
  private static final List<SimLog.Mode> MODES = List.of(SimLog.Mode.values());
  private static final List<SimDatabase.Crash> CRASHES = List.of(SimDatabase.Crash.values());

  private final RandomGenerator random;
  private final SimThreads threads;
  private final SimStore store;
  private final List<SimMachine> machines = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final Map<Position, byte[]> seen = new LinkedHashMap<>();
  private final Map<Position, SimMachine> acknowledged = new LinkedHashMap<>();
  private Position head = Position.START;

  private Simulation(long seed) {
    random = new SplittableRandom(seed);
    threads = new SimThreads(fork());
    store = new SimStore(threads, fork(), true);
  }

  private RandomGenerator fork() {
    return new SplittableRandom(random.nextLong());
  }

  /// Runs a seed; AssertionError with the story of the run if something did not hold.
  static String run(long seed) {
    Simulation run = new Simulation(seed);
    try {
      run.live();
      return run.digest();
    } catch (AssertionError | IOException | RuntimeException e) {
      List<String> last = run.story.subList(Math.max(0, run.story.size() - 60), run.story.size());
      throw new AssertionError(
          "seed %d: %s%n%s".formatted(seed, e.getMessage(), String.join("\n", last)), e);
    }
  }

  private void tell(String what) {
    story.add("%9.3f %s".formatted(threads.nanos() / 1e9, what));
  }

  /// What came of it, for the comparison of two runs.
  private String digest() {
    return "%s %s %d %s".formatted(head, seen.size(), story.size(), String.join("|", story));
  }

  private void live() throws IOException {
    RandomGenerator itsRandom = fork();
    SimDatabase database =
        new SimDatabase(
            PAGE_BYTES,
            () -> SimMachine.START.toEpochMilli() + threads.nanos() / 1_000_000,
            itsRandom);
    machines.add(
        new SimMachine("a", threads, store, fork(), database, new SimDisk(random.nextLong())));
    database.open();
    database.journalMode(true);
    int length = STEPS / 4 + random.nextInt(STEPS);
    for (int i = 0; i < length; i++) {
      step();
    }
    settle();
  }

  private SimMachine any() {
    return machines.get(random.nextInt(machines.size()));
  }

  private void step() throws IOException {
    int choice = random.nextInt(1_000);
    SimMachine machine = any();
    if (choice < 700 && threads.isBusy()) {
      threads.step();
    } else if (choice < 850) {
      act(machine);
    } else if (choice < 970) {
      threads.advance(random.nextLong(1, random.nextInt(20) == 0 ? 3_000_000_000L : 5_000_000L));
      machine.poll();
    } else {
      disturb(machine);
    }
    observe();
  }

  /// The application does something.
  private void act(SimMachine machine) {
    SimDatabase database = machine.database();
    if (!database.isOpen()) {
      database.open();
      tell(machine + " opens its database");
    }
    if (database.waitingSince().isPresent()) {
      database.retry();
      return;
    }
    switch (random.nextInt(20)) {
      case 0 -> {
        SimLog.Mode mode = MODES.get(random.nextInt(MODES.size()));
        boolean over = database.waitFor(mode);
        tell("%s checkpoints, %s: %s".formatted(machine, mode, over ? "done" : "waits"));
      }
      case 1 -> database.rollBack();
      case 2 -> {
        machine.ask();
        tell(machine + " asks for stored");
      }
      default ->
          database
              .commit()
              .ifPresent(state ->
                  tell("%s commits %d %s".formatted(machine, state.number(), state.checksum())));
    }
  }

  /// Something goes wrong, or is mended.
  private void disturb(SimMachine machine) {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> start(machine);
      case 3 -> {
        tell(machine + ": the daemon is killed");
        machine.kill();
      }
      case 4 -> {
        tell(machine + " loses power");
        machine.losePower();
      }
      case 5 -> {
        tell("the network is bad");
        store.weather(SimStore.Weather.rough(random.nextDouble() / 4));
      }
      case 6 -> {
        tell("the network is good");
        store.weather(SimStore.Weather.FAIR);
      }
      case 7 -> {
        if (machine.runs()) {
          int n = 1 + random.nextInt(60);
          tell("%s: the daemon will be killed at file call %d".formatted(machine, n));
          machine.disk().killAt(n);
        }
      }
      case 8 -> {
        int n = 1 + random.nextInt(60);
        tell("%s: file call %d will fail".formatted(machine, n));
        machine.disk().failAt(n);
      }
      case 9 -> {
        if (machine.database().isOpen()) {
          tell(machine + " closes its database");
          machine.database().close();
        }
      }
      case 10 -> {
        if (machine.database().isOpen()) {
          SimDatabase.Crash at = CRASHES.get(random.nextInt(CRASHES.size()));
          tell("%s: the application is killed, %s".formatted(machine, at));
          machine.database().crash(at);
        }
      }
      default -> {
        if (store.hasPending()) {
          tell("a late request arrives");
          store.arrive();
        }
      }
    }
  }

  private void start(SimMachine machine) {
    if (!machine.runs() && machine.fenced().isEmpty()) {
      Optional<Duration> spoolSync =
          random.nextBoolean()
              ? Optional.of(Duration.ofMillis(random.nextInt(3) * 50L))
              : Optional.empty();
      tell(machine + ": the daemon starts");
      machine.start(Duration.ofMillis(random.nextInt(4) * 300L), spoolSync);
    }
  }

  private void observe() throws IOException {
    for (SimMachine machine : machines) {
      boolean ran = machine.runs();
      List<SimMachine.Acknowledged> answers = machine.answers();
      machine.watch();
      if (ran && !machine.runs()) {
        tell(
            "%s: the daemon ended%s"
                .formatted(machine, machine.fenced().map(s -> ": " + s).orElse("")));
      }
      for (SimMachine.Acknowledged answer : answers) {
        acknowledged(machine, answer);
      }
    }
  }

  private void acknowledged(SimMachine machine, SimMachine.Acknowledged answer) throws IOException {
    tell("%s: stored is %s".formatted(machine, answer.position()));
    check();
    if (answer.position().equals(Position.START)) {
      return;
    }
    byte[] state = seen.get(answer.position());
    require(state != null, "acknowledged and not in the bucket: " + answer.position());
    SimHistory history = machine.database().history();
    SimState source = history.find(answer.position().checksum()).orElseThrow();
    require(
        Arrays.equals(state, source.image()), "is not the source's state: " + answer.position());
    answer
        .committed()
        .filter(history::isPresent)
        .ifPresent(asked ->
            require(
                source.number() >= asked.number(),
                "commit %d was asked for, %d is stored"
                    .formatted(asked.number(), source.number())));
    acknowledged.put(answer.position(), machine);
  }

  /// What is stored is whole, was committed, stays, and holds all that was acknowledged.
  private void check() throws IOException {
    SimBucket bucket = SimBucket.read(store.objects());
    require(
        bucket.end().equals(head)
            || bucket.states().containsKey(head)
            || head.equals(Position.START),
        "the head moved back from %s to %s".formatted(head, bucket.end()));
    head = bucket.end();
    bucket.states().forEach(this::remember);
    for (Position position : acknowledged.keySet()) {
      require(bucket.states().containsKey(position), "acknowledged, and gone: " + position);
    }
  }

  private void remember(Position position, byte[] state) {
    byte[] before = seen.putIfAbsent(position, state);
    require(
        before == null || Arrays.equals(before, state), "changed after it was stored: " + position);
    if (before == null) {
      boolean known =
          machines.stream()
              .flatMap(machine -> machine.database().history().find(position.checksum()).stream())
              .anyMatch(committed -> Arrays.equals(committed.image(), state));
      require(known, "never was a committed state: " + position);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /// The weather clears up, everything runs: in the end all that is committed is stored.
  private void settle() throws IOException {
    tell("everything settles");
    store.weather(SimStore.Weather.FAIR);
    while (store.hasPending()) {
      store.arrive();
    }
    SimMachine machine = machines.getFirst();
    machine.disk().calm();
    if (!machine.database().isOpen()) {
      machine.database().open();
    }
    machine.database().commit();
    for (int i = 0; i < SETTLING_STEPS; i++) {
      if (!machine.runs()) {
        require(machine.fenced().isEmpty(), "fenced without another writer: " + machine.fenced());
        start(machine);
      }
      if (machine.database().waitingSince().isPresent()) {
        machine.database().retry();
      }
      if (i % 50 == 0) {
        machine.ask();
      }
      if (threads.isBusy()) {
        threads.step();
      } else {
        threads.advance(1_000_000L);
        machine.poll();
      }
      observe();
      Optional<SimState> now = machine.database().history().current();
      if (now.isPresent() && head.checksum().equals(now.get().checksum())) {
        check();
        return;
      }
    }
    throw new AssertionError(
        "what is committed was not stored in the end: %s, head %s, %s"
            .formatted(machine.database().history().current(), head, machine.status()));
  }
}
