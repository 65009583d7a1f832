package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// For each pin inside a merged file that no covers lead to: a file of level 1 from the last
/// position before it that covers lead to, up to the pin. The last segment is cut there. Without it
/// the boundary could not pass the pin.
final class PinMerges {
  private final View view;
  private final LogObjects objects;
  private final ObjectFacts facts;
  private final List<View.Cover> usable;
  private final CoverPaths paths;

  PinMerges(View view, LogObjects objects, ObjectFacts facts) {
    this.view = view;
    this.objects = objects;
    this.facts = facts;
    this.usable = view.covers().stream().filter(cover -> !cover.isDamaged()).toList();
    // Also from the boundary itself: where nothing leads to it, that cannot be mended here.
    this.paths = new CoverPaths(List.of(Position.START, view.start()), CoverPaths.steps(usable));
  }

  List<Merge> merges() throws StoreException, DamagedLogException, InterruptedException {
    List<Merge> merges = new ArrayList<>();
    for (View.Pin pin : view.pins()) {
      if (isDue(pin.position())) {
        merges.addAll(to(pin.position()));
      }
    }
    return merges.stream().distinct().toList();
  }

  private boolean isDue(Position pin) {
    long at = pin.txid().value();
    return at > view.start().txid().value()
        && !paths.reaches(pin)
        && usable.stream().anyMatch(cover -> cover.before() < at && at < cover.last());
  }

  private List<Merge> to(Position pin)
      throws StoreException, DamagedLogException, InterruptedException {
    Position from =
        paths.positions().stream()
            .filter(position -> position.txid().compareTo(pin.txid()) < 0)
            .filter(this::isSlotStart)
            .max(Comparator.comparing(Position::txid))
            .orElse(view.start());
    List<CoverPaths.Step> steps = new ArrayList<>();
    Position at = from;
    for (CoverPaths.Step slot : objects.slotSteps(objects.slotFrom(from), objects.slotFrom(pin))) {
      if (!slot.start().equals(Optional.of(at))) {
        return List.of();
      }
      boolean isCut = slot.end().txid().compareTo(pin.txid()) > 0;
      at = isCut ? pin : slot.end();
      steps.add(new CoverPaths.Step(slot.before(), slot.start(), at, slot.item()));
    }
    return at.equals(pin) ? PageSizeCuts.cut(1, from, steps, facts) : List.of();
  }

  private boolean isSlotStart(Position position) {
    int slot = objects.slotFrom(position);
    return slot < objects.slots().size() && objects.slots().get(slot).start().equals(position);
  }
}
