package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.RecordName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What is wrong with a log after all that could be mended was mended: objects that are damaged,
/// transactions above the boundary that nothing leads to, promised positions below it that nothing
/// leads to, and pins of positions that never were.
final class Problems {
  private final View view;
  private final Map<ObjectKey, String> damage;
  private final Set<Position> unknown;
  private final CoverPaths paths;
  private final LogObjects objects;
  private final Set<ObjectKey> told = new HashSet<>();
  private final List<MaintainReport.Problem> problems = new ArrayList<>();

  /// `unknown`: positions at which something was to end, and no transaction does.
  Problems(View view, Map<ObjectKey, String> damage, Set<Position> unknown) {
    this.view = view;
    this.damage = damage;
    this.unknown = unknown;
    this.objects = new LogObjects(view);
    this.paths = objects.pathsFrom(List.of(Position.START));
  }

  /// `lost`: promised positions below the boundary that covers do not lead to.
  List<MaintainReport.Problem> of(Collection<Position> lost) {
    lostAbove();
    lost.stream().filter(position -> !paths.reaches(position)).forEach(this::lostBelow);
    for (View.Pin pin : view.pins()) {
      if (unknown.contains(pin.position()) || isBeside(pin.position())) {
        add(
            new RecordName(pin.name()).pinKey(),
            "no transaction of the log ends at " + pin.position());
      }
    }
    damagedObjects();
    return problems;
  }

  /// Whether a segment begins or ends with the same transaction, and with another checksum.
  private boolean isBeside(Position pin) {
    return view.above().stream()
        .flatMap(slot -> Stream.concat(Stream.of(slot.start()), slot.end().stream()))
        .anyMatch(it -> it.txid().equals(pin.txid()) && !it.equals(pin));
  }

  private void add(String key, String reason) {
    problems.add(new MaintainReport.Problem(key, reason));
  }

  private void lostBelow(Position position) {
    add(
        position.toString(),
        "is promised, and nothing that is stored leads to it; last good position: "
            + name(lastGood(position.txid().value())));
  }

  /// From each slot that can be reached all its transactions can be had, and where covers end.
  private void lostAbove() {
    long next = view.start().txid().value() + 1;
    for (View.Segment slot : view.above()) {
      boolean isSound = slot.finding() != View.Finding.DAMAGED && slot.end().isPresent();
      if (isSound && paths.reaches(slot.start())) {
        lost(next, slot.start().txid().value());
        next = Math.max(next, slot.end().get().txid().value() + 1);
      }
    }
    if (!view.above().isEmpty()) {
      long listed = view.above().getLast().firstTxid().value();
      lost(next, view.head().map(it -> it.position().txid().value()).orElse(listed));
    }
  }

  /// But for the positions among these at which a cover ends.
  private void lost(long first, long last) {
    long next = first;
    List<Position> ends =
        paths.positions().stream()
            .filter(it -> it.txid().value() >= first && it.txid().value() <= last)
            .sorted(Comparator.comparing(Position::txid))
            .toList();
    for (Position end : ends) {
      tell(next, end.txid().value() - 1);
      next = end.txid().value() + 1;
    }
    tell(next, last);
  }

  private void tell(long first, long last) {
    if (first > last) {
      return;
    }
    Position good = lastGood(first);
    ObjectKey key = keyAt(first, good);
    told.add(key);
    boolean isEndKnown =
        view.head().isPresent() || last < view.above().getLast().firstTxid().value();
    add(
        key.text(),
        "%s; lost: transactions %s %s; last good position: %s"
            .formatted(
                damage.getOrDefault(key, "is missing"),
                new Txid(first),
                isEndKnown ? "to " + new Txid(last) : "and later",
                name(good)));
  }

  /// The damaged slot in which the first lost transaction is, or the one that should be there.
  private ObjectKey keyAt(long first, Position good) {
    ObjectKey key = ObjectKey.Slot.after(good);
    for (View.Segment slot : view.above()) {
      boolean isBefore = slot.firstTxid().value() <= first;
      if (isBefore && slot.finding() == View.Finding.DAMAGED) {
        key = slot.item().key();
      } else if (isBefore && paths.reaches(slot.start())) {
        key = ObjectKey.Slot.after(good);
      }
    }
    return key;
  }

  private Position lastGood(long before) {
    return paths.positions().stream()
        .filter(position -> position.txid().value() < before)
        .max(Comparator.comparing(Position::txid))
        .orElse(Position.START);
  }

  private static String name(Position position) {
    return position.equals(Position.START) ? "none" : position.toString();
  }

  /// Those that are still there.
  private void damagedObjects() {
    List<ObjectKey> there = new ArrayList<>();
    view.above().forEach(slot -> there.add(slot.item().key()));
    view.covers().forEach(cover -> there.add(cover.item().key()));
    for (ObjectKey key : there) {
      if (damage.containsKey(key) && !told.contains(key)) {
        add(key.text(), String.valueOf(damage.get(key)));
      }
    }
  }
}
