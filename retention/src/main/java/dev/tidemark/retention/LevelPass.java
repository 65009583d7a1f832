package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The closed windows of one level that have no cover of it yet, from a position on.
///
/// A segment belongs to the window of its last transaction. Where a window ends is found by
/// galloping and halving, since times never fall.
final class LevelPass {
  private final LogObjects objects;
  private final Levels levels;
  private final int level;
  private final Instant now;
  private final ObjectFacts facts;
  private final List<Merge> merges = new ArrayList<>();

  /// What is in one window from a position on: as far as whole objects lead without a hole.
  private record Window(Position end, List<CoverPaths.Step> path, boolean isClosed) {}

  LevelPass(LogObjects objects, Levels levels, int level, Instant now, ObjectFacts facts) {
    this.objects = objects;
    this.levels = levels;
    this.level = level;
    this.now = now;
    this.facts = facts;
  }

  List<Merge> merges() {
    return merges;
  }

  /// Returns where the windows that are still open begin.
  Position run(Position from) throws StoreException, DamagedLogException, InterruptedException {
    Position at = from;
    while (true) {
      List<View.Cover> done = objects.advance(at, level);
      at = done.isEmpty() ? at : done.getLast().end();
      Optional<Window> window = window(at);
      if (window.isEmpty()) {
        Optional<Position> next = objects.nextStart(at);
        if (next.isEmpty()) {
          return at;
        }
        at = next.get();
        continue;
      }
      if (!window.get().isClosed()) {
        return at;
      }
      merges.addAll(pieces(at, window.get().path()));
      at = window.get().end();
    }
  }

  /// Empty: nothing follows this position, or there is a hole.
  private Optional<Window> window(Position at)
      throws StoreException, DamagedLogException, InterruptedException {
    Optional<Chain.Item> first = first(at);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Instant end = levels.windowEnd(level, facts.time(first.get()));
    int from = objects.slotFrom(at);
    int to = firstSlotNotBefore(end, from);
    Optional<Position> snapshot = objects.nextSnapshot(at);
    if (snapshot.isPresent()) {
      // A merged file never crosses a snapshot, so that ends the window too.
      to = Math.min(to, objects.slotFrom(snapshot.get()));
    }
    List<CoverPaths.Step> steps = coversWithin(at, end, from, to);
    snapshot.ifPresent(
        limit -> steps.removeIf(step -> step.end().txid().compareTo(limit.txid()) > 0));
    steps.addAll(objects.slotSteps(from, to));
    CoverPaths paths = new CoverPaths(List.of(at), steps);
    Position last = paths.positions().stream().max(Comparator.comparing(Position::txid)).orElse(at);
    boolean isClosed =
        to < objects.slots().size()
            || levels.isClosed(end, now)
            || snapshot.equals(Optional.of(last));
    return last.equals(at)
        ? Optional.empty()
        : Optional.of(new Window(last, paths.to(last).orElse(List.of()), isClosed));
  }

  /// The shortest object that begins here.
  private Optional<Chain.Item> first(Position at) {
    int slot = objects.slotFrom(at);
    if (slot < objects.slots().size()
        && !objects.isHole(slot)
        && objects.slots().get(slot).start().equals(at)) {
      return Optional.of(objects.slots().get(slot).item());
    }
    return objects.coversFrom(at).stream()
        .filter(cover -> cover.level() < Merge.SNAPSHOT)
        .min(Comparator.comparingLong(View.Cover::last))
        .map(View.Cover::item);
  }

  /// Covers from here on that end within the window. They are looked at only as far as they follow
  /// each other, or slots follow them.
  private List<CoverPaths.Step> coversWithin(Position at, Instant end, int from, int to)
      throws StoreException, DamagedLogException, InterruptedException {
    List<CoverPaths.Step> within = new ArrayList<>();
    long reach = at.txid().value();
    if (to > from) {
      reach = objects.slots().get(to - 1).start().txid().value();
    }
    for (View.Cover cover : objects.coversAfter(at)) {
      if (cover.before() > reach) {
        break;
      }
      if (cover.level() < Merge.SNAPSHOT && facts.time(cover.item()).isBefore(end)) {
        within.add(CoverPaths.Step.of(cover));
        reach = Math.max(reach, cover.last());
      }
    }
    return within;
  }

  private int firstSlotNotBefore(Instant end, int from)
      throws StoreException, DamagedLogException, InterruptedException {
    int size = objects.slots().size();
    int low = from;
    int step = 1;
    while (low + step <= size && isBefore(low + step - 1, end)) {
      low += step;
      step *= 2;
    }
    int high = Math.min(size, low + step - 1);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, end)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// One that is damaged is a hole, and its time may not be known: it counts to the window of the
  /// sound one before it.
  private boolean isBefore(int slot, Instant end)
      throws StoreException, DamagedLogException, InterruptedException {
    int sound = slot;
    while (sound >= 0 && objects.isHole(sound)) {
      sound--;
    }
    return sound < 0 || facts.time(objects.slots().get(sound).item()).isBefore(end);
  }

  private List<Merge> pieces(Position start, List<CoverPaths.Step> path)
      throws StoreException, DamagedLogException, InterruptedException {
    List<Merge> due = new ArrayList<>();
    for (Merge piece : PageSizeCuts.cut(level, start, path, facts)) {
      boolean isSlot = piece.inputs().getFirst().key() instanceof ObjectKey.Slot;
      // Without a cover of its own, a lone segment would hold the boundary for ever.
      boolean isWorthIt = piece.inputs().size() > 1 || (isSlot && level == levels.highest());
      if (isWorthIt && !isMade(piece)) {
        due.add(piece);
      }
    }
    return due;
  }

  /// Whether it is there: behind a change of the page size, what is made of cheaper objects is not
  /// what the path goes by.
  private boolean isMade(Merge piece) {
    return objects.coversFrom(piece.start()).stream()
        .filter(cover -> cover.level() >= level && cover.level() < Merge.SNAPSHOT)
        .anyMatch(cover -> cover.end().equals(piece.end()));
  }
}
