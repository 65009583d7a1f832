package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Random buckets with covers of odd levels that cross, holes, orphans, damage, pins and replicas,
/// against the simplest way to say what must hold. Transaction n happens n minutes after the epoch.
class RetentionPropertyTest {
  private static final int SEEDS = 5_000;
  private static final int POSITIONS = 24;
  private static final List<View.Finding> FINDINGS = List.of(View.Finding.values());
  private static final RetentionSettings SETTINGS =
      new RetentionSettings(Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofMinutes(15));
  private static final KeepPolicy.Rules POLICY =
      (KeepPolicy.Rules) KeepPolicy.parse("transactions=3m,hourly=20m,daily=40m");

  /// Ten transactions an hour, forty a day.
  private static Instant time(long txid) {
    return Instant.ofEpochSecond(txid / 10 * 3600 + txid % 10 * 60);
  }

  private static View random(long seed) {
    Random random = new Random(seed);
    Picture picture = new Picture().times(RetentionPropertyTest::time);
    boolean isTidy = random.nextBoolean();
    int boundary = random.nextInt(isTidy ? 11 : 4) * 2;
    if (boundary > 0) {
      picture.boundary(boundary, random.nextInt(3) == 0 ? time(POSITIONS) : Picture.LONG_AGO);
    }
    int slot = random.nextBoolean() ? boundary : random.nextInt(boundary + 1);
    while (slot < POSITIONS) {
      int end = slot + 1 + random.nextInt(3);
      end = slot < boundary ? Math.min(end, boundary) : end;
      if (random.nextInt(8) > 0) {
        picture.slot(slot, end);
      }
      slot = end;
    }
    covers(picture, random, isTidy);
    for (int i = random.nextInt(3); i > 0; i--) {
      picture.pin("p" + i, random.nextInt(POSITIONS));
    }
    if (random.nextInt(4) == 0) {
      picture.replica("r", random.nextInt(POSITIONS));
    }
    return distinct(picture.view());
  }

  private static void covers(Picture picture, Random random, boolean isTidy) {
    int covers = random.nextInt(40);
    for (int i = 0; i < covers; i++) {
      int level = 1 + random.nextInt(3);
      int before = random.nextInt(3) == 0 ? 0 : random.nextInt(POSITIONS - 1);
      int last = before + 1 + random.nextInt(POSITIONS - before);
      if (isTidy) {
        before = before >> level << level;
        last = before + (1 << level);
      }
      level = before == 0 && random.nextInt(3) == 0 ? Merge.SNAPSHOT : level;
      View.Finding finding =
          random.nextInt(5) > 0 ? View.Finding.VERIFIED : FINDINGS.get(random.nextInt(3));
      Instant storedAt = random.nextInt(10) == 0 ? time(POSITIONS + 20) : Picture.LONG_AGO;
      picture.cover(level, before, last, storedAt, finding);
    }
  }

  /// A key is there once.
  private static View distinct(View view) {
    Set<Object> seen = new HashSet<>();
    List<View.Cover> covers =
        view.covers().stream().filter(cover -> seen.add(cover.item().key())).toList();
    return new View(
        view.boundary(),
        view.above(),
        view.below(),
        covers,
        view.pins(),
        view.replicas(),
        view.head());
  }

  private static RetentionPlan plan(View view, long now) {
    return RetentionPlan.of(view, POLICY, SETTINGS, time(now));
  }

  /// What these covers lead to, by trying until nothing is new.
  private static Set<Position> reached(List<View.Cover> covers) {
    Set<Position> reached = new HashSet<>(Set.of(Position.START));
    boolean isAnyNew = true;
    while (isAnyNew) {
      isAnyNew = false;
      for (View.Cover cover : covers) {
        if (reached.contains(cover.start().orElseThrow())) {
          isAnyNew |= reached.add(cover.end());
        }
      }
    }
    return reached;
  }

  /// The last node of each bucket: of what covers lead to, and of where any of them end.
  private static Set<Position> promised(View view, long now) {
    Set<Position> promised = promised(view, reached(usable(view)), now);
    Set<Position> ends = new HashSet<>();
    view.covers().forEach(cover -> ends.add(cover.end()));
    promised.addAll(promised(view, ends, now));
    return promised;
  }

  private static Set<Position> promised(View view, Set<Position> nodes, long now) {
    Set<Position> promised = new HashSet<>(Set.of(view.start()));
    for (View.Pin pin : view.pins()) {
      if (pin.position().txid().compareTo(view.start().txid()) <= 0) {
        promised.add(pin.position());
      }
    }
    for (KeepPolicy.Rule rule : POLICY.rules()) {
      for (Position node : nodes) {
        boolean isLast =
            nodes.stream()
                .filter(other -> other.txid().compareTo(node.txid()) > 0)
                .filter(other -> other.txid().compareTo(view.start().txid()) <= 0)
                .noneMatch(other ->
                    rule.unit().bucket(time(other.txid().value()))
                        == rule.unit().bucket(time(node.txid().value())));
        boolean isBelow = node.txid().compareTo(view.start().txid()) <= 0;
        boolean isWithin = !time(node.txid().value()).isBefore(time(now).minus(rule.span()));
        if (isLast && isBelow && isWithin && !node.equals(Position.START)) {
          promised.add(node);
        }
      }
    }
    return promised;
  }

  private static List<View.Cover> usable(View view) {
    return view.covers().stream().filter(cover -> !cover.isDamaged()).toList();
  }

  @Test
  void everyPromisedPositionKeepsItsPath() {
    long dropped = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      View view = random(seed);
      long now = POSITIONS + seed % 30;
      RetentionPlan plan = plan(view, now);
      Set<Object> gone = new HashSet<>();
      plan.drops().forEach(drop -> gone.add(drop.item().key()));
      List<View.Cover> left =
          usable(view).stream().filter(cover -> !gone.contains(cover.item().key())).toList();
      Set<Position> before = reached(usable(view));
      Set<Position> after = reached(left);
      for (Position position : promised(view, now)) {
        assertThat(after.contains(position))
            .describedAs("seed %d: a path to %s", seed, position)
            .isEqualTo(before.contains(position));
      }
      dropped += gone.size();
    }
    assertThat(dropped).isGreaterThan(SEEDS / 4);
  }

  @Test
  void whatGoesIsJustifiedAsTheRulesSay() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      View view = random(seed);
      long now = POSITIONS + seed % 30;
      Set<Position> promised = promised(view, now);
      Set<Object> gone = new HashSet<>();
      plan(view, now).drops().forEach(drop -> gone.add(drop.item().key()));
      for (View.Cover cover : view.covers()) {
        boolean isReplaced =
            view.covers().stream().anyMatch(by -> replaces(view, promised, now, by, cover));
        if (gone.contains(cover.item().key())) {
          assertThat(isReplaced).describedAs("seed %d: %s", seed, cover).isTrue();
        } else if (isReplaced) {
          assertThat(leadsNowhere(view, promised, cover, now))
              .describedAs("seed %d: %s could go", seed, cover)
              .isTrue();
        }
      }
      for (View.Segment slot : view.above()) {
        assertThat(gone).describedAs("seed %d", seed).doesNotContain(slot.item().key());
      }
    }
  }

  private static boolean replaces(
      View view, Set<Position> promised, long now, View.Cover by, View.Cover cover) {
    Instant youngest = time(now).minus(SETTINGS.grace());
    boolean isContained = by.before() <= cover.before() && cover.last() <= by.last();
    boolean isHigher =
        by.level() > cover.level()
            || (by.level() == cover.level()
                && by.last() - by.before() > cover.last() - cover.before());
    boolean isBetween =
        promised.stream()
            .anyMatch(p -> p.txid().value() >= cover.last() && p.txid().value() < by.last());
    return isContained
        && isHigher
        && !isBetween
        && by.last() <= view.start().txid().value()
        && by.isVerified()
        && !by.storedAt().isAfter(youngest)
        && !cover.storedAt().isAfter(youngest)
        && view.covers().stream().noneMatch(other -> crosses(by, other));
  }

  private static boolean crosses(View.Cover a, View.Cover b) {
    return (a.before() < b.before() && b.before() < a.last() && a.last() < b.last())
        || (b.before() < a.before() && a.before() < b.last() && b.last() < a.last());
  }

  /// What replaces it is of no use to what is promised, so it is not trusted.
  private static boolean leadsNowhere(
      View view, Set<Position> promised, View.Cover cover, long now) {
    Set<Position> reached = reached(usable(view));
    return view.covers().stream()
        .filter(by -> replaces(view, promised, now, by, cover))
        .allMatch(
            by -> !reached.contains(by.start().orElseThrow()) || !leadsOn(view, promised, by));
  }

  private static boolean leadsOn(View view, Set<Position> promised, View.Cover by) {
    Set<Position> from = new HashSet<>(Set.of(by.end()));
    boolean isAnyNew = true;
    while (isAnyNew) {
      isAnyNew = false;
      for (View.Cover cover : usable(view)) {
        if (from.contains(cover.start().orElseThrow())) {
          isAnyNew |= from.add(cover.end());
        }
      }
    }
    return promised.stream().anyMatch(from::contains);
  }

  @Test
  void theBoundaryGoesWhereItMay() {
    int moved = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      View view = random(seed);
      long now = POSITIONS + seed % 30;
      Optional<Position> next = plan(view, now).boundary();
      if (next.isEmpty()) {
        continue;
      }
      moved++;
      long txid = next.get().txid().value();
      long from = view.start().txid().value();
      assertThat(txid).describedAs("seed %d", seed).isGreaterThan(from);
      assertThat(view.above()).extracting(View.Segment::start).contains(next.get());
      assertThat(time(txid)).isBeforeOrEqualTo(time(now).minus(POLICY.transactions()));
      Set<Position> reached = reached(usable(view));
      assertThat(reached).describedAs("seed %d", seed).contains(next.get());
      for (View.Pin pin : view.pins()) {
        if (pin.position().txid().value() > from && pin.position().txid().value() <= txid) {
          assertThat(reached).describedAs("seed %d", seed).contains(pin.position());
        }
      }
      Set<Position> behind = promised(view.moved(next.get(), time(now), time(now)), now);
      behind.removeIf(it -> it.txid().value() <= from || reached.contains(it));
      behind.retainAll(reachedFromSegmentsToo(view));
      assertThat(behind).describedAs("seed %d: lost by the move", seed).isEmpty();
    }
    assertThat(moved).isGreaterThan(SEEDS / 100);
  }

  private static Set<Position> reachedFromSegmentsToo(View view) {
    Set<Position> reached = reached(usable(view));
    boolean isAnyNew = true;
    while (isAnyNew) {
      isAnyNew = false;
      for (View.Segment slot : view.above()) {
        boolean isSound = slot.finding() != View.Finding.DAMAGED;
        if (isSound && reached.contains(slot.start())) {
          isAnyNew |= reached.add(slot.end().orElseThrow());
        }
      }
      for (View.Cover cover : usable(view)) {
        if (reached.contains(cover.start().orElseThrow())) {
          isAnyNew |= reached.add(cover.end());
        }
      }
    }
    return reached;
  }

  @Test
  void theSweepsFindTheCrossingsThatAComparisonOfAllPairsFinds() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      View view = random(seed);
      Crossings crossings = new Crossings(view.covers());
      for (View.Cover cover : view.covers()) {
        assertThat(crossings.isCrossed(cover))
            .describedAs("seed %d: %s", seed, cover)
            .isEqualTo(view.covers().stream().anyMatch(other -> crosses(cover, other)));
      }
    }
  }
}
