package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where the boundary goes, and what becomes of each object. Pure.
///
/// Deletions are judged by the boundary that is in the view. What a move makes superfluous goes in
/// a later run, or after another look.
public record RetentionPlan(
    Optional<Position> boundary,
    String boundaryReason,
    List<View.Pin> pinsFirst,
    List<Position> endsFirst,
    List<Decision> decisions,
    List<Restorable> restorable,
    List<Position> promised,
    List<Position> lost) {

  public RetentionPlan {
    pinsFirst = List.copyOf(pinsFirst);
    endsFirst = List.copyOf(endsFirst);
    decisions = List.copyOf(decisions);
    restorable = List.copyOf(restorable);
    promised = List.copyOf(promised);
    lost = List.copyOf(lost);
  }

  public static RetentionPlan of(
      View view, KeepPolicy policy, RetentionSettings settings, Instant now) {
    return switch (policy) {
      case KeepPolicy.All _ -> everything(view);
      case KeepPolicy.Rules rules -> {
        BoundaryChoice.Choice choice = new BoundaryChoice(view, settings, now).choose(rules);
        Promises promises = new Promises(view, rules, now);
        yield new RetentionPlan(
            choice.next(),
            choice.reason(),
            choice.pinsFirst(),
            choice.endsFirst(),
            new Deletions(view, promises, settings.grace(), now).decide(),
            restorable(view, rules, promises, choice.next()),
            promises.all().stream().map(Promises.Promise::position).toList(),
            lost(view, promises));
      }
    };
  }

  private static RetentionPlan everything(View view) {
    List<Decision> decisions = new ArrayList<>();
    objects(view).forEach(item -> decisions.add(Decision.keep(item, "the policy keeps all")));
    return new RetentionPlan(
        Optional.empty(),
        "the policy keeps all",
        List.of(),
        List.of(),
        decisions,
        List.of(new Restorable("everything that is there", 0, Optional.empty(), 0)),
        List.of(),
        List.of());
  }

  private static List<Chain.Item> objects(View view) {
    List<Chain.Item> items = new ArrayList<>();
    view.below().forEach(segment -> items.add(segment.item()));
    view.above().forEach(segment -> items.add(segment.item()));
    view.covers().forEach(cover -> items.add(cover.item()));
    return items;
  }

  private static List<Restorable> restorable(
      View view, KeepPolicy.Rules rules, Promises promises, Optional<Position> next) {
    CoverPaths read = CoverPaths.of(view.covers().stream().filter(View.Cover::isVerified).toList());
    List<Position> lost = lost(view, promises);
    List<Restorable> lines = new ArrayList<>();
    Position boundary = next.orElse(view.start());
    lines.add(new Restorable("every transaction", 0, promises.time(boundary), 0));
    for (KeepPolicy.Rule rule : rules.rules()) {
      List<Position> positions = promises.of(rule);
      if (!positions.isEmpty()) {
        long unread = positions.stream().filter(position -> !read.reaches(position)).count();
        lines.add(
            new Restorable(
                rule.unit().word(), positions.size(), promises.time(positions.getLast()), unread));
      }
    }
    for (View.Pin pin : view.pins()) {
      if (!lost.contains(pin.position())) {
        String what = "pin " + pin.name() + " at " + pin.position();
        boolean isAbove = pin.position().txid().compareTo(view.start().txid()) > 0;
        long unread = isAbove || read.reaches(pin.position()) ? 0 : 1;
        lines.add(new Restorable(what, 1, Optional.empty(), unread));
      }
    }
    return lines;
  }

  /// The promised positions that nothing leads to any more.
  private static List<Position> lost(View view, Promises promises) {
    List<View.Cover> usable = view.covers().stream().filter(c -> !c.isDamaged()).toList();
    CoverPaths paths = CoverPaths.of(usable);
    return promises.all().stream()
        .map(Promises.Promise::position)
        .filter(position -> !paths.reaches(position))
        .toList();
  }

  /// What goes.
  public List<Decision> drops() {
    return decisions.stream().filter(decision -> !decision.isKept()).toList();
  }

  public long droppedBytes() {
    return drops().stream().mapToLong(decision -> decision.item().size()).sum();
  }
}
