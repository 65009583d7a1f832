package dev.tidemark.cli;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Txid;
import dev.tidemark.retention.Durations;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Contents;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How many transactions a day a log grows by, and how many segments that makes.
///
/// Segments go when the policy says so, and the store's times are those of the last copy. So
/// neither is counted: transactions have numbers, and what is left of the log says when one of
/// about a day before the head was. Only how many transactions share a segment is told by the
/// segments that are there.
///
/// @param span from that transaction to the head
record Growth(Duration span, double transactions, double segments) {
  static final Growth NONE = new Growth(Duration.ZERO, 0, 0);

  private static final Duration DAY = Duration.ofDays(1);

  /// What is shorter says little about the rest of a day, if there is anything longer.
  private static final Duration SPAN_MIN = Duration.ofHours(12);

  /// What is shorter says nothing about a day.
  private static final Duration SCALED_MIN = Duration.ofMinutes(1);

  /// Where a listing shows that a transaction is: the first one of a segment, or the last one of a
  /// merged file or snapshot.
  private record Place(Txid txid, Chain.Item item) {}

  private record Moment(Txid txid, Instant time) {}

  /// Looks into as many index frames as it takes to divide the log.
  static Growth of(Chain chain, IndexFrame last, ContentsLookup lookup)
      throws StoreException, InterruptedException {
    Moment head = moment(Contents.of(last), last.fileCount() - 1);
    return base(chain, head, lookup).map(base -> between(base, head, chain.slots())).orElse(NONE);
  }

  private static Growth between(Moment base, Moment head, List<Chain.Item> slots) {
    Duration span = Duration.between(base.time(), head.time());
    long transactions = head.txid().value() - base.txid().value();
    double inADay =
        span.compareTo(SCALED_MIN) < 0
            ? (double) (transactions + 1)
            : transactions * (double) DAY.toMillis() / span.toMillis();
    return new Growth(span, inADay, inADay * segmentsEach(base, head, slots));
  }

  /// How many segments a transaction takes, by those since then; by all, if there is none.
  private static double segmentsEach(Moment base, Moment head, List<Chain.Item> slots) {
    List<Chain.Item> since =
        slots.stream().filter(slot -> first(slot) >= base.txid().value()).toList();
    List<Chain.Item> counted = since.isEmpty() ? slots : since;
    return (double) counted.size() / (head.txid().value() - first(counted.getFirst()) + 1);
  }

  private static long first(Chain.Item slot) {
    return ((ObjectKey.Slot) slot.key()).first().value();
  }

  /// About a day before the head; the oldest there is, if that is younger.
  private static Optional<Moment> base(Chain chain, Moment head, ContentsLookup lookup)
      throws StoreException, InterruptedException {
    Instant wanted = head.time().minus(DAY);
    List<Place> places = places(chain, head.txid());
    Optional<Moment> before = Optional.empty();
    Optional<Moment> after = Optional.empty();
    int low = 0;
    int high = places.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Optional<Moment> moment = moment(places.get(middle).item(), lookup);
      if (moment.isEmpty()) {
        places.remove(middle);
        high--;
      } else if (moment.get().time().isAfter(wanted)) {
        after = moment;
        high = middle;
      } else {
        before = moment;
        low = middle + 1;
      }
    }
    boolean isAfterBetter =
        before.isEmpty() || (after.isPresent() && isNearer(after.get(), before.get(), head));
    return isAfterBetter ? after : before;
  }

  /// Whether less than a day is better than more.
  private static boolean isNearer(Moment after, Moment before, Moment head) {
    Duration less = Duration.between(after.time(), head.time());
    Duration more = Duration.between(before.time(), head.time());
    return less.compareTo(SPAN_MIN) >= 0 && DAY.minus(less).compareTo(more.minus(DAY)) < 0;
  }

  private static List<Place> places(Chain chain, Txid head) {
    List<Place> places = new ArrayList<>();
    for (Chain.Item cover : chain.covers()) {
      Txid last =
          switch (cover.key()) {
            case ObjectKey.Merged merged -> merged.last();
            case ObjectKey.Snapshot snapshot -> snapshot.txid();
            case ObjectKey.Slot slot -> slot.first();
          };
      if (last.compareTo(head) <= 0) {
        places.add(new Place(last, cover));
      }
    }
    for (Chain.Item slot : chain.slots()) {
      places.add(new Place(new Txid(first(slot)), slot));
    }
    places.sort(Comparator.comparing(Place::txid));
    return places;
  }

  /// Empty if its index frame cannot be read: then another one has to do.
  private static Optional<Moment> moment(Chain.Item item, ContentsLookup lookup)
      throws StoreException, InterruptedException {
    try {
      return lookup
          .contents(item)
          .map(contents ->
              moment(
                  contents, item.key() instanceof ObjectKey.Slot ? 0 : contents.fileCount() - 1));
    } catch (DamagedLogException _) {
      return Optional.empty();
    }
  }

  private static Moment moment(Contents contents, int file) {
    return new Moment(
        contents.position(file).txid(),
        Instant.ofEpochMilli(contents.file(file).timestampMillis()));
  }

  /// `the last 3h of the log, scaled to a day`.
  String basis() {
    boolean isScaled = span.compareTo(SCALED_MIN) >= 0;
    return "the last %s of the log, %s"
        .formatted(
            Durations.print(rounded()),
            isScaled ? "scaled to a day" : "too short to be scaled to a day");
  }

  /// Nobody wants to read milliseconds of hours.
  private Duration rounded() {
    long unit = 1;
    if (span.compareTo(Duration.ofHours(10)) >= 0) {
      unit = 3_600;
    } else if (span.compareTo(Duration.ofMinutes(10)) >= 0) {
      unit = 60;
    }
    return Duration.ofSeconds(Math.round(span.toMillis() / 1_000.0 / unit) * unit);
  }
}
