package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which objects may go. Three rules, harmless for any number of maintainers with any settings,
/// each pausing as long as it likes; docs/retention.md says why.
///
/// 1. A slot below the boundary, if verified covers of what is from that slot on lead to the
///    boundary and to each promised position.
/// 2. A cover that ends at or below the boundary, because of one that contains it ([Replacements]).
/// 3. Nothing else.
final class Deletions {
  private final View view;
  private final Promises promises;
  private final Instant youngest;
  private final Duration grace;
  private final Replacements replacements;
  private final List<Decision> decisions = new ArrayList<>();

  Deletions(View view, Promises promises, Duration grace, Instant now) {
    this.view = view;
    this.promises = promises;
    this.grace = grace;
    this.youngest = now.minus(grace);
    this.replacements = new Replacements(view, promises, youngest);
  }

  List<Decision> decide() {
    slots();
    view.above().forEach(s -> decisions.add(Decision.keep(s.item(), "above the boundary")));
    view.covers().forEach(cover -> decisions.add(cover(cover)));
    return decisions;
  }

  private void slots() {
    // A follower may rely on a slot for half the grace time after it looked at the boundary. The
    // last record of a busy log is always young; what counts is what an older one has passed.
    Position settled = view.boundary().map(last -> last.at(youngest)).orElse(Position.START);
    int first = settled.equals(Position.START) ? view.below().size() : firstReplaced();
    for (int i = 0; i < view.below().size(); i++) {
      View.Segment slot = view.below().get(i);
      if (slot.start().txid().compareTo(settled.txid()) >= 0) {
        decisions.add(
            Decision.keep(slot.item(), "the boundary passed less than " + text() + " ago"));
      } else if (slot.storedAt().isAfter(youngest)) {
        decisions.add(Decision.keep(slot.item(), "stored less than " + text() + " ago"));
      } else if (i < first) {
        decisions.add(
            Decision.keep(slot.item(), "not all covers of what begins here are verified"));
      } else {
        decisions.add(
            Decision.drop(
                slot.item(),
                "below the boundary, and verified covers lead to all that is promised",
                List.of()));
      }
    }
  }

  /// The first slot below the boundary from which on all is proven to be covered. What begins later
  /// needs fewer covers to be verified, so it is found by halving.
  private int firstReplaced() {
    int low = 0;
    int high = view.below().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isReplaced(view.below().get(middle).start().txid().value())) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private boolean isReplaced(long before) {
    List<View.Cover> trusted =
        view.covers().stream()
            .filter(cover -> cover.isVerified() || cover.last() <= before)
            .toList();
    Set<Position> reached = CoverPaths.of(trusted).positions();
    // Where a promised position before the slot is lost, the slot could not bring it back.
    return promises.all().stream()
        .map(Promises.Promise::position)
        .filter(position -> position.txid().value() > before)
        .allMatch(reached::contains);
  }

  private Decision cover(View.Cover cover) {
    if (cover.last() > view.start().txid().value()) {
      return Decision.keep(cover.item(), "above the boundary");
    }
    Optional<View.Cover> by = replacements.of(cover);
    if (by.isPresent()) {
      return Decision.drop(
          cover.item(),
          by.get().item().key().text() + " contains it, and nothing in between is promised",
          List.of(by.get().item()));
    }
    if (!replacements.isOldEnough(cover)) {
      return Decision.keep(cover.item(), "stored less than " + text() + " ago");
    }
    Optional<Promises.Promise> promise = promises.from(cover.last());
    if (promise.isPresent() && promise.get().position().equals(cover.end())) {
      return Decision.keep(cover.item(), String.join(", ", promise.get().reasons()));
    }
    return Decision.keep(
        cover.item(),
        promise.map(p -> "on the way to " + String.join(", ", p.reasons())).orElse("not promised")
            + ", and no verified cover up to there contains it");
  }

  private String text() {
    return Durations.print(grace);
  }
}
