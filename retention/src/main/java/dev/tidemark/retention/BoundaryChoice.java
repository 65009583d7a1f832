package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the boundary goes next, or why it stays.
///
/// It moves along verified covers that begin at the boundary, or that begin before it and are
/// crossed by no cover in the view. Otherwise another maintainer that has not seen such a cover
/// could be just about to delete what it follows: of what leads to the boundary, only a way to the
/// boundary itself is sure to stay.
final class BoundaryChoice {
  private final View view;
  private final RetentionSettings settings;
  private final Instant now;
  private final Set<Position> reached;
  private final Map<Position, Instant> times = new HashMap<>();

  /// The next position, if any; what to say; and the pins that must become ends of merged files
  /// first.
  record Choice(Optional<Position> next, String reason, List<View.Pin> pinsFirst) {
    static Choice stays(String reason) {
      return new Choice(Optional.empty(), reason, List.of());
    }
  }

  BoundaryChoice(View view, RetentionSettings settings, Instant now) {
    this.view = view;
    this.settings = settings;
    this.now = now;
    this.reached = ways(view).positions();
    for (View.Cover cover : view.covers()) {
      cover.time().ifPresent(time -> times.put(cover.end(), time));
    }
  }

  /// The covers along which it may move, and where they lead to.
  static CoverPaths ways(View view) {
    Position start = view.start();
    Crossings crossings = new Crossings(view.covers());
    List<View.Cover> ways =
        view.covers().stream()
            .filter(View.Cover::isVerified)
            .filter(cover -> cover.before() >= start.txid().value() || !crossings.isCrossed(cover))
            .toList();
    List<View.Cover> usable = view.covers().stream().filter(c -> !c.isDamaged()).toList();
    Set<Position> origins = new HashSet<>(Set.of(Position.START));
    if (CoverPaths.of(usable).reaches(start)) {
      origins.add(start);
    }
    return new CoverPaths(origins, CoverPaths.steps(ways));
  }

  Choice choose(Duration transactions) {
    Optional<Instant> next = view.boundary().map(b -> b.created().plus(settings.boundaryEvery()));
    if (next.isPresent() && now.isBefore(next.get())) {
      return Choice.stays("the last record is younger than " + text(settings.boundaryEvery()));
    }
    Duration window =
        transactions.compareTo(settings.grace()) > 0 ? transactions : settings.grace();
    Optional<Position> wish = last(now.minus(window), replicaLimit());
    if (wish.isEmpty()) {
      return Choice.stays(
          "no later position is "
              + text(window)
              + " old, applied by every replica,"
              + " and reached by verified covers");
    }
    List<View.Pin> pinsFirst =
        view.pins().stream()
            .filter(pin -> pin.position().txid().compareTo(view.start().txid()) > 0)
            .filter(pin -> pin.position().txid().compareTo(wish.get().txid()) <= 0)
            .filter(pin -> !reached.contains(pin.position()))
            .toList();
    long limit =
        pinsFirst.stream()
            .mapToLong(pin -> pin.position().txid().value() - 1)
            .min()
            .orElse(Long.MAX_VALUE);
    Optional<Position> chosen = last(now.minus(window), Math.min(limit, replicaLimit()));
    String reason =
        chosen.isPresent()
            ? "the last position that is " + text(window) + " old and reached by verified covers"
            : "pin " + pinsFirst.getFirst().name() + " needs a merged file first";
    return new Choice(chosen, reason, pinsFirst);
  }

  /// The last position that covers lead to, at which a segment ends and another one begins.
  private Optional<Position> last(Instant until, long limit) {
    for (View.Segment segment : view.above().reversed()) {
      Position end = segment.start();
      Optional<Instant> time = Optional.ofNullable(times.get(end));
      if (end.txid().compareTo(view.start().txid()) > 0
          && end.txid().value() <= limit
          && reached.contains(end)
          && time.isPresent()
          && !time.get().isAfter(until)) {
        return Optional.of(end);
      }
    }
    return Optional.empty();
  }

  /// What every replica has applied that is not too far behind.
  private long replicaLimit() {
    return view.replicas().stream()
        .filter(this::counts)
        .map(View.Replica::position)
        .map(Position::txid)
        .mapToLong(Txid::value)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private boolean counts(View.Replica replica) {
    Optional<View.Head> head = view.head();
    return head.isEmpty()
        || replica.position().equals(head.get().position())
        || Duration.between(replica.time(), head.get().time()).compareTo(settings.replicaLag()) < 0;
  }

  private static String text(Duration duration) {
    return Durations.print(duration);
  }
}
