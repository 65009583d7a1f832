package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes again what was found damaged, of whatever sound objects lead through its range: the same
/// range gives the same bytes, so it gets its old key.
final class Mends {
  private final View view;
  private final List<CoverPaths.Step> sound;
  private final ObjectFacts facts;

  private Mends(View view, LogObjects objects, ObjectFacts facts) {
    this.view = view;
    this.facts = facts;
    this.sound = new ArrayList<>(CoverPaths.steps(objects.covers()));
    sound.addAll(objects.slotSteps(0, objects.slots().size()));
  }

  static List<Merge> of(View view, LogObjects objects, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    List<Merge> merges = new ArrayList<>();
    if (view.covers().stream().anyMatch(View.Cover::isDamaged)) {
      Mends mends = new Mends(view, objects, facts);
      for (View.Cover cover : view.covers()) {
        if (cover.isDamaged()) {
          mends.merge(cover).ifPresent(merges::add);
        }
      }
    }
    return merges;
  }

  private Optional<Merge> merge(View.Cover cover)
      throws StoreException, DamagedLogException, InterruptedException {
    List<CoverPaths.Step> within = new ArrayList<>();
    Set<Position> origins = new HashSet<>(cover.start().stream().toList());
    if (cover.before() == 0) {
      origins.add(Position.START);
    }
    for (CoverPaths.Step step : sound) {
      if (step.before() >= cover.before() && step.end().txid().value() <= cover.last()) {
        within.add(step);
      }
      // Its key does not say from which position it leads on.
      if (step.end().txid().value() == cover.before() && cover.start().isEmpty()) {
        origins.add(step.end());
      }
    }
    view.above().stream()
        .map(View.Segment::start)
        .filter(start -> start.txid().value() == cover.before() && cover.start().isEmpty())
        .forEach(origins::add);
    CoverPaths paths = new CoverPaths(origins, within);
    Optional<List<CoverPaths.Step>> path = paths.to(cover.end());
    if (path.isEmpty() || path.get().isEmpty()) {
      return Optional.empty();
    }
    if (cover.level() == Merge.SNAPSHOT) {
      return Optional.of(PageSizeCuts.snapshot(path.get(), facts));
    }
    List<Chain.Item> inputs = path.get().stream().map(CoverPaths.Step::item).toList();
    return paths
        .origin(cover.end())
        .map(start -> new Merge(cover.level(), inputs, start, cover.end()));
  }
}
