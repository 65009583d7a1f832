package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// For each cover that may go, the one because of which: it contains it, is verified, crosses no
/// cover in the view, and no promised position is in between.
///
/// Covers that nobody crosses are nested or apart, so one sweep with a stack finds those around
/// each.
final class Replacements {
  private final View view;
  private final Promises promises;
  private final Instant youngest;
  private final Crossings crossings;
  private final Set<Position> from = new HashSet<>();
  private final Set<Position> onward = new HashSet<>();
  private final Map<View.Cover, View.Cover> found = new HashMap<>();

  Replacements(View view, Promises promises, Instant youngest) {
    this.view = view;
    this.promises = promises;
    this.youngest = youngest;
    this.crossings = new Crossings(view.covers());
    connect();
    sweep();
  }

  Optional<View.Cover> of(View.Cover cover) {
    return Optional.ofNullable(found.get(cover));
  }

  /// A cover that was made of an orphan begins or ends beside the log; it replaces nothing.
  private void connect() {
    List<View.Cover> usable = view.covers().stream().filter(c -> !c.isDamaged()).toList();
    from.addAll(CoverPaths.of(usable).positions());
    promises.all().forEach(promise -> onward.add(promise.position()));
    List<View.Cover> latestFirst = new ArrayList<>(usable);
    latestFirst.sort(Comparator.comparingLong(View.Cover::last).reversed());
    Set<Long> open = new HashSet<>();
    for (View.Cover cover : latestFirst) {
      boolean leads = onward.contains(cover.end()) || open.contains(cover.last());
      if (leads && cover.start().isPresent()) {
        onward.add(cover.start().get());
      } else if (leads) {
        open.add(cover.before());
      }
    }
  }

  private void sweep() {
    List<View.Cover> below = new ArrayList<>();
    for (View.Cover cover : view.covers()) {
      if (cover.last() <= view.start().txid().value()) {
        below.add(cover);
      }
    }
    below.sort(
        Comparator.comparingLong(View.Cover::before)
            .thenComparing(Comparator.comparingLong(View.Cover::last).reversed())
            .thenComparing(Comparator.comparingInt(View.Cover::level).reversed()));
    List<View.Cover> around = new ArrayList<>();
    for (View.Cover cover : below) {
      while (!around.isEmpty() && around.getLast().last() <= cover.before()) {
        around.removeLast();
      }
      if (isOldEnough(cover)) {
        smallest(cover, around).ifPresent(by -> found.put(cover, by));
        if (canReplace(cover)) {
          around.add(cover);
        }
      }
    }
  }

  private Optional<View.Cover> smallest(View.Cover cover, List<View.Cover> around) {
    long next =
        promises
            .from(cover.last())
            .map(promise -> promise.position().txid().value())
            .orElse(Long.MAX_VALUE);
    for (View.Cover by : around.reversed()) {
      if (by.last() > next) {
        return Optional.empty();
      }
      if (contains(by, cover)) {
        return Optional.of(by);
      }
    }
    return Optional.empty();
  }

  /// Includes its range, and is higher.
  static boolean contains(View.Cover by, View.Cover cover) {
    boolean includes = by.before() <= cover.before() && by.last() >= cover.last();
    boolean isLonger = by.last() - by.before() > cover.last() - cover.before();
    return includes && (by.level() > cover.level() || (by.level() == cover.level() && isLonger));
  }

  private boolean canReplace(View.Cover cover) {
    Optional<Position> start = cover.before() == 0 ? Optional.of(Position.START) : cover.start();
    return cover.isVerified()
        && !crossings.isCrossed(cover)
        && start.isPresent()
        && from.contains(start.get())
        && onward.contains(cover.end());
  }

  boolean isOldEnough(View.Cover cover) {
    return !cover.storedAt().isAfter(youngest);
  }

  boolean isCrossed(View.Cover cover) {
    return crossings.isCrossed(cover);
  }
}
