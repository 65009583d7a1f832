package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What must always hold, held to what a simulated bucket really contains after each change of it.
/// AssertionError: it does not.
///
/// The clauses: what is acknowledged is restorable; the head never moves back; every restorable
/// state was committed; a position stays what it is; nobody acknowledges what is not on the chain;
/// nothing promised is deleted; nobody continues over another machine's transactions unless told.
final class SimJudge {
  private final SimStore store;
  private final SimPromises promises = new SimPromises();
  private final List<SimMachine> machines;
  private final boolean oneWriterAtMost;
  private final SimBucket.Cache cache = new SimBucket.Cache();
  private final Map<Position, byte[]> seen = new LinkedHashMap<>();
  private final Map<Long, Position> chain = new HashMap<>();
  private final Set<Position> acknowledged = new HashSet<>();
  private final Set<Position> spooled = new HashSet<>();
  private final Set<String> judged = new HashSet<>();
  private Position head = Position.START;
  private Position boundary = Position.START;
  private Optional<SimMachine> owner = Optional.empty();
  private long changes;

  /// `oneWriterAtMost`: there are no clones, so nobody may ever be fenced.
  SimJudge(SimStore store, List<SimMachine> machines, boolean oneWriterAtMost) {
    this.store = store;
    this.machines = machines;
    this.oneWriterAtMost = oneWriterAtMost;
  }

  boolean oneWriterAtMost() {
    return oneWriterAtMost;
  }

  Position head() {
    return head;
  }

  Position boundary() {
    return boundary;
  }

  /// Who stored the last segment.
  Optional<SimMachine> owner() {
    return owner;
  }

  /// What retention has promised.
  SimPromises promises() {
    return promises;
  }

  /// How many states were restorable at some time.
  int size() {
    return seen.size();
  }

  /// The position after a transaction of the chain.
  Optional<Position> at(long txid) {
    return Optional.ofNullable(chain.get(txid));
  }

  /// Those of the chain from one on.
  List<Position> positionsFrom(Position first) {
    return seen.keySet().stream()
        .filter(position -> position.txid().compareTo(first.txid()) >= 0)
        .toList();
  }

  /// Looks at the bucket if it has changed.
  void look() {
    if (changes != store.changes()) {
      changes = store.changes();
      try {
        SimBucket bucket = SimBucket.read(store.sound(), cache);
        judge(bucket);
        promises.check(bucket, seen, store.now());
      } catch (IOException e) {
        throw new AssertionError("the log is broken: " + e.getMessage(), e);
      }
    }
  }

  private void judge(SimBucket bucket) {
    boundary = bucket.boundary();
    require(
        boundary.equals(Position.START) || !bucket.segments().isEmpty(),
        "the boundary passed the last segment: " + boundary);
    bucket.states().forEach(this::remember);
    require(
        bucket.end().equals(head)
            || bucket.states().containsKey(head)
            || head.equals(Position.START),
        "the head moved back from %s to %s".formatted(head, bucket.end()));
    head = bucket.end();
    for (Position position : acknowledged) {
      require(
          position.txid().compareTo(boundary.txid()) < 0 || bucket.states().containsKey(position),
          "acknowledged, and gone: " + position);
    }
    for (SimBucket.Segment segment : bucket.segments()) {
      if (judged.add(segment.key())) {
        continues(segment);
      }
    }
  }

  /// A state that is restorable.
  private void remember(Position position, byte[] state) {
    byte[] before = seen.putIfAbsent(position, state);
    require(
        before == null || Arrays.equals(before, state), "changed after it was stored: " + position);
    if (before == null) {
      Position other = chain.putIfAbsent(position.txid().value(), position);
      require(other == null, "a transaction has two ends: %s and %s".formatted(other, position));
      boolean known =
          machines.stream()
              .flatMap(machine -> machine.database().history().find(position.checksum()).stream())
              .anyMatch(committed -> Arrays.equals(committed.image(), state));
      require(known, "never was a committed state: " + position);
    }
  }

  /// Only who once was where the log stands continues it, or whom a person told to.
  private void continues(SimBucket.Segment segment) {
    SimMachine writer = machine(store.writer(segment.key()));
    owner = Optional.of(writer);
    Position start = segment.object().start();
    require(
        start.equals(Position.START)
            || writer.database().history().find(start.checksum()).isPresent()
            || writer.tookOver().contains(start),
        "%s continues over transactions of another machine at %s".formatted(writer, start));
  }

  private SimMachine machine(SimThreads.SimProcess process) {
    return machines.stream().filter(machine -> machine.owns(process)).findFirst().orElseThrow();
  }

  /// A machine was told that this has reached a level.
  void acknowledged(SimMachine machine, SimMachine.Acknowledged answer) {
    Position position = answer.position();
    if (position.equals(Position.START)) {
      return;
    }
    boolean stored = answer.level() == DurabilityLevel.STORED;
    byte[] state = seen.get(position);
    require(state != null || !stored, "acknowledged and not in the bucket: " + position);
    SimHistory history = machine.database().history();
    SimState source =
        history
            .find(position.checksum())
            .orElseThrow(() -> new AssertionError("acknowledged, and never was here: " + position));
    require(
        state == null || Arrays.equals(state, source.image()),
        "is not the source's state: " + position);
    answer
        .committed()
        .filter(history::isPresent)
        .ifPresent(asked ->
            require(
                source.number() >= asked.number(),
                "commit %d was asked for, %d is stored"
                    .formatted(asked.number(), source.number())));
    (stored ? acknowledged : spooled).add(position);
  }

  /// In the end: what a lone writer spooled was never dropped, unless its state was removed.
  void checkSpooled() {
    if (oneWriterAtMost && machines.stream().noneMatch(SimMachine::lostState)) {
      for (Position position : spooled) {
        require(seen.containsKey(position), "spooled, and never stored: " + position);
      }
    }
  }

  /// A machine loses power. What is stored of a lone writer was durable there before.
  void losePower(SimMachine machine) {
    Set<Checksum> stored = new HashSet<>();
    seen.keySet().forEach(position -> stored.add(position.checksum()));
    stored.retainAll(line(machine));
    machine.losePower();
    stored.removeAll(line(machine));
    require(stored.isEmpty() || !oneWriterAtMost, "stored, and lost by its own machine: " + stored);
  }

  private static Set<Checksum> line(SimMachine machine) {
    Set<Checksum> line = new HashSet<>();
    machine.database().history().line().forEach(state -> line.add(state.checksum()));
    return line;
  }

  /// Somebody read this position from the bucket, in whatever way.
  void read(String who, Position position, byte[] file) {
    byte[] state = seen.get(position);
    require(state != null, "%s read %s, which never was on the chain".formatted(who, position));
    require(Arrays.equals(state, file), "%s read %s wrong".formatted(who, position));
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
