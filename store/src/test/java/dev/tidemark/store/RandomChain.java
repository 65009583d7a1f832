package dev.tidemark.store;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// A chain of made-up objects with all that is true about them, and the naive answers to what a
/// planner is asked. Transaction `i` has the time `i / 2`.
final class RandomChain {
  /// An object and the transactions that it really leads over.
  private record Real(Chain.Item item, int from, int to, boolean whole) {}

  private static final Id128 DATABASE = new Id128(3, 4);

  private final Random random;
  private final List<Position> positions = new ArrayList<>();
  private final List<Real> slots = new ArrayList<>();
  private final List<Real> covers = new ArrayList<>();
  private final Set<ObjectKey> damaged = new HashSet<>();
  private int boundary;

  private RandomChain(Random random, int count) {
    this.random = random;
    positions.add(Position.START);
    for (int i = 1; i <= count; i++) {
      positions.add(new Position(new Txid(i), Checksum.ofXor(random.nextLong())));
    }
  }

  static RandomChain ofSegments(int... lengths) {
    RandomChain chain = new RandomChain(new Random(1), Arrays.stream(lengths).sum());
    int from = 0;
    for (int length : lengths) {
      chain.slot(from, from + length);
      from += length;
    }
    return chain;
  }

  /// `damage`: 0 none, 1 little, 2 much.
  RandomChain(long seed, int damage) {
    this(new Random(seed), 8 + (int) (seed % 20));
    List<Integer> cuts = new ArrayList<>();
    for (int from = 0; from < count(); ) {
      int to = Math.min(count(), from + 1 + random.nextInt(5));
      slot(from, to);
      cuts.add(from);
      from = to;
    }
    boundary = random.nextBoolean() ? 0 : cuts.get(random.nextInt(cuts.size()));
    if (boundary > 0) {
      // Something must lead to the boundary in an undamaged log.
      if (random.nextBoolean()) {
        snapshot(boundary);
      } else {
        merge(0, boundary, 1 + random.nextInt(3));
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      int a = random.nextInt(count());
      int b = a + 1 + random.nextInt(count() - a);
      switch (random.nextInt(4)) {
        case 0 -> snapshot(b);
        case 1 -> merged(cuts.get(random.nextInt(cuts.size())), count());
        default -> merged(a, b);
      }
    }
    for (int i = 0; i < damage; i++) {
      damageSomething();
    }
  }

  private void damageSomething() {
    List<Real> last = slots.stream().filter(s -> s.to() == count()).toList();
    List<Real> all = new ArrayList<>(slots);
    all.addAll(covers);
    Real victim = all.get(random.nextInt(all.size()));
    if (random.nextBoolean()) {
      damaged.add(victim.item().key());
    } else if (!last.contains(victim)) {
      slots.remove(victim);
      // A cover that is absent from the listing was never promised; one that is listed was.
    }
  }

  /// No slot is missing.
  boolean isWhole() {
    int at = 0;
    for (Real slot : slots) {
      if (slot.from() != at) {
        return false;
      }
      at = slot.to();
    }
    return true;
  }

  int count() {
    return positions.size() - 1;
  }

  Position position(int txid) {
    return positions.get(txid);
  }

  void lose(int slot) {
    slots.remove(slot);
  }

  void damage(int slot) {
    damaged.add(slots.get(slot).item().key());
  }

  /// Every segment has so many bytes.
  void resize(long size) {
    slots.replaceAll(
        s -> new Real(new Chain.Item(s.item().key(), size), s.from(), s.to(), s.whole()));
  }

  /// A merged file with so many bytes.
  void merged(int from, int to, long size) {
    merged(from, to);
    Real last = covers.removeLast();
    covers.add(new Real(new Chain.Item(last.item().key(), size), from, to, false));
  }

  private void slot(int from, int to) {
    slots.add(real(ObjectKey.Slot.after(position(from)), from, to, false));
  }

  private void merge(int from, int to, int pieces) {
    int at = from;
    for (int i = 1; i <= pieces && at < to; i++) {
      int end = i == pieces ? to : at + 1 + random.nextInt(to - at);
      merged(at, end);
      at = end;
    }
  }

  private void merged(int from, int to) {
    Position end = position(to);
    ObjectKey key =
        new ObjectKey.Merged(1 + random.nextInt(8), new Txid(from + 1), end.txid(), end.checksum());
    covers.add(real(key, from, to, false));
  }

  void snapshot(int txid) {
    ObjectKey key = new ObjectKey.Snapshot(position(txid).txid(), position(txid).checksum());
    if (covers.stream().noneMatch(c -> c.item().key().equals(key))) {
      covers.add(real(key, 0, txid, true));
    }
  }

  private Real real(ObjectKey key, int from, int to, boolean whole) {
    // So that now the bytes decide, now the number of objects.
    long size = 1 + random.nextInt(50) * CoverGraph.OBJECT_COST / 16;
    return new Real(new Chain.Item(key, size), from, to, whole);
  }

  private Chain chain() {
    List<Chain.Item> items = new ArrayList<>();
    slots.forEach(s -> items.add(s.item()));
    covers.forEach(c -> items.add(c.item()));
    Optional<BoundaryRecord> record =
        boundary == 0
            ? Optional.empty()
            : Optional.of(new BoundaryRecord(1, DATABASE, position(boundary), Instant.EPOCH));
    return Chain.of(new Listing(new DatabaseRecord(DATABASE, Instant.EPOCH, ""), record, items));
  }

  /// Plans, "reads" newest first, learns, and plans again, as a state reader does.
  Plan plan(RestoreTarget target) throws Exception {
    Findings findings = new Findings();
    Planner planner = new Planner(chain(), this::contents, findings);
    Targets.Resolved resolved = new Targets(planner).resolve(target);
    while (true) {
      Plan plan = planner.plan(Position.START, resolved);
      if (isSound(plan, findings)) {
        return plan;
      }
    }
  }

  Plan provenPlan(RestoreTarget target) throws Exception {
    return new Planner(chain(), this::contents).provenPlan(target);
  }

  private boolean isSound(Plan plan, Findings findings) {
    Position end = plan.target();
    for (Chain.Item item : plan.objects().reversed()) {
      if (damaged.contains(item.key())) {
        findings.damaged(item.key(), "damaged");
        return false;
      }
      Real real = real(item);
      findings.span(item.key(), position(real.from()), position(real.to()));
      boolean isTarget = end.equals(plan.target()) && !real.whole();
      int at = positions.indexOf(end);
      boolean isInside = at > real.from() && at <= real.to();
      boolean isPart = isTarget && item.key() instanceof ObjectKey.Slot;
      if (!(isPart ? isInside : at == real.to())) {
        return false;
      }
      end = position(real.from());
    }
    return end.equals(Position.START);
  }

  private Real real(Chain.Item item) {
    return all().stream().filter(r -> r.item().equals(item)).findFirst().orElseThrow();
  }

  private List<Real> all() {
    List<Real> all = new ArrayList<>(covers);
    all.addAll(slots);
    return all;
  }

  /// Lowest cost, then fewest objects, by relaxing all objects until nothing changes.
  Optional<long[]> cheapest(int txid) {
    if (txid > count()) {
      return Optional.empty();
    }
    Map<Integer, long[]> best = new HashMap<>();
    best.put(0, new long[] {0, 0});
    for (boolean changed = true; changed; ) {
      changed = false;
      for (Real real : all()) {
        boolean isBelow = real.item().key() instanceof ObjectKey.Slot && real.from() < boundary;
        if (isBelow || damaged.contains(real.item().key()) || !best.containsKey(real.from())) {
          continue;
        }
        int to =
            real.item().key() instanceof ObjectKey.Slot ? Math.min(txid, real.to()) : real.to();
        long[] before = best.get(real.from());
        long[] cost = {before[0] + real.item().size() + CoverGraph.OBJECT_COST, before[1] + 1};
        if (to > real.from()
            && to <= txid
            && (!best.containsKey(to) || Arrays.compare(cost, best.get(to)) < 0)) {
          best.put(to, cost);
          changed = true;
        }
      }
    }
    return Optional.ofNullable(best.get(txid));
  }

  /// Whether the position is one that the log has, so that not getting it is damage. A damaged last
  /// segment may hold any number of transactions.
  boolean isPromised(int txid) {
    if (txid > count()) {
      return damaged.contains(slots.getLast().item().key());
    }
    return txid >= boundary || covers.stream().anyMatch(c -> c.to() == txid);
  }

  /// The answer of the undamaged log.
  Optional<Position> lastNotLater(long time) {
    Optional<Position> last = Optional.empty();
    Planner planner = new Planner(chain(), this::contents);
    for (int txid = 1; txid <= count() && txid / 2 <= time; txid++) {
      if (txid > boundary || planner.restorableBelow().contains(position(txid))) {
        last = Optional.of(position(txid));
      }
    }
    return last;
  }

  private Optional<Contents> contents(Chain.Item item) throws DamagedLogException {
    if (damaged.contains(item.key())) {
      throw new DamagedLogException(item.key().text(), "is damaged");
    }
    Real real = real(item);
    boolean isSlot = item.key() instanceof ObjectKey.Slot;
    return Optional.of(
        new Contents() {
          @Override
          public Position start() {
            return RandomChain.this.position(real.from());
          }

          @Override
          public int fileCount() {
            return isSlot ? real.to() - real.from() : 1;
          }

          @Override
          public FileRow file(int i) {
            int txid = isSlot ? real.from() + 1 + i : real.to();
            return new FileRow(txid / 2, RandomChain.this.position(txid).checksum(), 0, 0, 0);
          }

          @Override
          public Position position(int i) {
            return RandomChain.this.position(isSlot ? real.from() + 1 + i : real.to());
          }
        });
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("boundary " + boundary + ":");
    for (Real real : all()) {
      text.append(' ')
          .append(real.item().key().getClass().getSimpleName())
          .append(real.from() + 1)
          .append("..")
          .append(real.to())
          .append('#')
          .append(real.item().size())
          .append(damaged.contains(real.item().key()) ? "(damaged)" : "");
    }
    return text.toString();
  }
}
