package dev.tidemark.retention;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.DeleteRefusal;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what [RetentionPlan] decides: reads what is to replace something, moves the
/// boundary, deletes. Decisions are made anew from a fresh look after each of these, and whenever
/// they have become old.
final class Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  /// A pin that is set now is seen by whoever looks after that.
  private static final Duration PLAN_AGE_MAX = Duration.ofMinutes(1);

  private static final int DELETES_AT_ONCE = 1_000;
  private static final int MOVES_MAX = 4;

  private record Proven(View view, RetentionPlan plan) {}

  private final ObjectStore store;
  private final Id128 databaseId;
  private final Lookout lookout;
  private final KeepPolicy policy;
  private final RetentionSettings settings;
  private final InstantSource clock;
  private final CoverCheck check;
  private final List<DeleteRefusal> refused = new ArrayList<>();
  private Optional<Proven> proven = Optional.empty();
  private Optional<Position> moved = Optional.empty();
  private List<Position> lost = List.of();
  private String reason = "";
  private long deleted;
  private long deletedBytes;

  Keeper(
      ObjectStore store,
      Id128 databaseId,
      Lookout lookout,
      KeepPolicy policy,
      RetentionSettings settings,
      CoverCheck check,
      InstantSource clock) {
    this.store = store;
    this.databaseId = databaseId;
    this.lookout = lookout;
    this.policy = policy;
    this.settings = settings;
    this.clock = clock;
    this.check = check;
  }

  /// What would be decided if all that was not read yet is sound.
  RetentionPlan rehearse(View first) {
    View view = first.assumingSound();
    RetentionPlan plan = plan(view);
    reason = plan.boundaryReason();
    for (int moves = 1; plan.boundary().isPresent() && moves <= MOVES_MAX; moves++) {
      moved = plan.boundary();
      reason = plan.boundaryReason();
      view = moved(view, moved.get());
      plan = plan(view);
    }
    return plan;
  }

  private View moved(View view, Position to) {
    Instant now = clock.instant();
    return view.moved(to, now, now.minus(settings.grace()));
  }

  /// The number of the next boundary record.
  private static int number(View view) {
    return view.boundary().map(View.Boundary::number).orElse(0) + 1;
  }

  /// Reads what decisions will rest on; what is damaged can then be mended before they are made.
  void prove()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    proven = Optional.of(proven());
  }

  /// Answers the plan as it stood when the deletions began.
  RetentionPlan run()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    Proven proven = this.proven.isPresent() ? this.proven.get() : proven();
    reason = proven.plan().boundaryReason();
    Set<ObjectKey> damaged = lookout.damage().keySet();
    for (int attempt = 1; proven.plan().boundary().isPresent() && attempt <= MOVES_MAX; attempt++) {
      if (!damaged.equals(lookout.damage().keySet())) {
        // To be mended first, by another run.
        break;
      }
      Position to = proven.plan().boundary().get();
      reason = proven.plan().boundaryReason();
      int number = number(proven.view());
      boolean isStored = move(number, to);
      proven = proven();
      // An answer that got lost shows in the next look.
      Optional<View.Boundary> now = proven.view().boundary();
      if (isStored
          || (now.isPresent() && now.get().number() == number && now.get().position().equals(to))) {
        moved = Optional.of(to);
      }
    }
    lost = lost(proven);
    delete(proven.plan());
    return proven.plan();
  }

  /// If somebody has moved the boundary since, the look was a mixture, and proves no loss.
  private List<Position> lost(Proven proven)
      throws StoreException, DamagedLogException, InterruptedException {
    if (proven.plan().lost().isEmpty()) {
      return List.of();
    }
    int last = lookout.boundary(databaseId).map(BoundaryRecord::number).orElse(0);
    return last + 1 == number(proven.view()) ? proven.plan().lost() : List.of();
  }

  /// Reads what decisions would rest on, until they rest on nothing unread.
  private Proven proven()
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    while (true) {
      View view = lookout.look();
      List<Chain.Item> unread = unread(view);
      if (unread.isEmpty()) {
        return new Proven(view, plan(view));
      }
      for (Chain.Item item : unread) {
        check.read(item);
      }
    }
  }

  /// Once the boundary has passed, nothing behind it can be mended from segments any more: so what
  /// leads to the positions that are promised there is read before it moves.
  private List<Chain.Item> unread(View view) {
    View sound = view.assumingSound();
    RetentionPlan plan = plan(sound);
    Set<Chain.Item> unread = new LinkedHashSet<>(Unread.of(view, plan));
    for (int moves = 1; plan.boundary().isPresent() && moves <= MOVES_MAX; moves++) {
      sound = moved(sound, plan.boundary().get());
      plan = plan(sound);
      unread.addAll(Unread.behind(view, plan.promised()));
    }
    return List.copyOf(unread);
  }

  /// As of now.
  RetentionPlan plan(View view) {
    return RetentionPlan.of(view, policy, settings, clock.instant());
  }

  /// Under the number after the one in the view: if somebody has taken that, the view is old, and
  /// all is to be decided anew.
  private boolean move(int number, Position to) throws StoreException, InterruptedException {
    PutOutcome outcome =
        Records.putBoundary(store, new BoundaryRecord(number, databaseId, to, clock.instant()));
    LOG.info("boundary record {} for {}: {}", number, to, outcome);
    return outcome == PutOutcome.STORED;
  }

  private void delete(RetentionPlan first)
      throws StoreException, DamagedLogException, PositionNotFoundException, InterruptedException {
    RetentionPlan plan = first;
    Instant made = clock.instant();
    Set<String> asked = new HashSet<>();
    while (true) {
      List<Decision> some =
          plan.drops().stream()
              .filter(drop -> !asked.contains(drop.item().key().text()))
              .limit(DELETES_AT_ONCE)
              .toList();
      if (some.isEmpty()) {
        return;
      }
      if (Duration.between(made, clock.instant()).abs().compareTo(PLAN_AGE_MAX) > 0) {
        plan = proven().plan();
        made = clock.instant();
        continue;
      }
      delete(some);
      some.forEach(drop -> asked.add(drop.item().key().text()));
    }
  }

  private void delete(List<Decision> drops) throws StoreException, InterruptedException {
    List<String> keys = drops.stream().map(drop -> drop.item().key().text()).toList();
    List<DeleteRefusal> kept = store.deleteAll(keys);
    refused.addAll(kept);
    Set<String> standing = new HashSet<>();
    kept.forEach(refusal -> standing.add(refusal.key()));
    for (Decision drop : drops) {
      if (!standing.contains(drop.item().key().text())) {
        deleted++;
        deletedBytes += drop.item().size();
      }
    }
  }

  Optional<Position> moved() {
    return moved;
  }

  String reason() {
    return reason;
  }

  /// The promised positions that were lost when deletions began.
  List<Position> lost() {
    return lost;
  }

  long deleted() {
    return deleted;
  }

  long deletedBytes() {
    return deletedBytes;
  }

  List<DeleteRefusal> refused() {
    return refused;
  }
}
