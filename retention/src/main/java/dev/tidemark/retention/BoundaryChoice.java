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
import java.util.stream.Stream;

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
  private final Set<Position> nodes;
  private final Map<Position, Instant> times = new HashMap<>();

  /// The next position, if any; what to say; and what must become ends of merged files before the
  /// boundary can go where it wants to: pins, and positions that only segments lead to, which would
  /// be promised behind it.
  record Choice(
      Optional<Position> next, String reason, List<View.Pin> pinsFirst, List<Position> endsFirst) {
    static Choice stays(String reason) {
      return new Choice(Optional.empty(), reason, List.of(), List.of());
    }
  }

  BoundaryChoice(View view, RetentionSettings settings, Instant now) {
    this.view = view;
    this.settings = settings;
    this.now = now;
    this.reached = ways(view).positions();
    this.nodes = new HashSet<>(reached);
    nodes.addAll(CoverPaths.of(usable(view)).positions());
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
    Set<Position> origins = new HashSet<>(Set.of(Position.START));
    if (CoverPaths.of(usable(view)).reaches(start)) {
      origins.add(start);
    }
    return new CoverPaths(origins, CoverPaths.steps(ways));
  }

  private static List<View.Cover> usable(View view) {
    return view.covers().stream().filter(cover -> !cover.isDamaged()).toList();
  }

  Choice choose(KeepPolicy.Rules policy) {
    Optional<Instant> next = view.boundary().map(b -> b.created().plus(settings.boundaryEvery()));
    if (next.isPresent() && now.isBefore(next.get())) {
      return Choice.stays("the last record is younger than " + text(settings.boundaryEvery()));
    }
    Duration window =
        policy.transactions().compareTo(settings.grace()) > 0
            ? policy.transactions()
            : settings.grace();
    Optional<Position> wish = last(now.minus(window), replicaLimit());
    if (wish.isEmpty()) {
      return Choice.stays(
          "no later position is "
              + text(window)
              + " old, applied by every replica,"
              + " and reached by verified covers");
    }
    Optional<Position> chosen = wish;
    List<View.Pin> pins = pinsFirst(wish.get());
    List<Position> ends = endsFirst(wish.get(), policy);
    List<View.Pin> pinsFirst = pins;
    List<Position> endsFirst = ends;
    while (chosen.isPresent() && (!pins.isEmpty() || !ends.isEmpty())) {
      long limit = before(Stream.concat(pins.stream().map(View.Pin::position), ends.stream()));
      chosen = last(now.minus(window), Math.min(limit, replicaLimit()));
      pins = chosen.map(this::pinsFirst).orElse(List.of());
      ends = chosen.map(to -> endsFirst(to, policy)).orElse(List.of());
    }
    String reason =
        chosen.isPresent()
            ? "the last position that is " + text(window) + " old and reached by verified covers"
            : waitsFor(pinsFirst, endsFirst) + " needs a merged file first";
    return new Choice(chosen, reason, pinsFirst, endsFirst);
  }

  private static String waitsFor(List<View.Pin> pins, List<Position> ends) {
    return pins.isEmpty()
        ? "the promised position " + ends.getFirst()
        : "pin " + pins.getFirst().name();
  }

  private static long before(Stream<Position> positions) {
    return positions.mapToLong(position -> position.txid().value() - 1).min().orElse(0);
  }

  private List<View.Pin> pinsFirst(Position to) {
    return view.pins().stream()
        .filter(pin -> pin.position().txid().compareTo(view.start().txid()) > 0)
        .filter(pin -> pin.position().txid().compareTo(to.txid()) <= 0)
        .filter(pin -> !reached.contains(pin.position()))
        .toList();
  }

  /// What would be promised behind it, and be lost: only segments lead there, or to where a cover
  /// begins.
  private List<Position> endsFirst(Position to, KeepPolicy.Rules policy) {
    CoverPaths paths = new LogObjects(view).pathsFrom(nodes);
    Set<Position> starts = new HashSet<>();
    for (View.Cover cover : usable(view)) {
      cover.start().filter(paths::reaches).ifPresent(starts::add);
    }
    return new Promises(view.moved(to, now, now), policy, now, starts)
        .all().stream()
            .map(Promises.Promise::position)
            .filter(position -> position.txid().compareTo(view.start().txid()) > 0)
            .filter(position -> !nodes.contains(position) && paths.reaches(position))
            .toList();
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
