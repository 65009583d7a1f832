package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tells which transactions above the boundary can no longer be had, and why.
///
/// What lies whole behind a hole is of no use without what lay in it. So a loss goes on until a
/// merged file or a snapshot leads to the start of a segment, or else to the head; those positions
/// on the way are not lost at which one ends that can be reached.
final class Losses {
  /// Of a segment that the log does not lead to; a position follows.
  static final String STRAY = "is not reached: the log goes on from ";

  private static final Txid LAST = new Txid(Long.MAX_VALUE);

  /// What began a loss, and what else is wrong inside, which has no positions of its own.
  private record Loss(String key, String problem, Txid first, List<VerifyResult.Problem> inside) {}

  /// No `last`: all later ones.
  private record Range(Txid first, Optional<Txid> last) {
    boolean has(Txid txid) {
      return txid.compareTo(first) >= 0 && txid.compareTo(last.orElse(LAST)) <= 0;
    }

    @Override
    public String toString() {
      return first + last.map(it -> " to " + it).orElse(" and later");
    }
  }

  private final Reach reach;
  private final VerifyReport report;
  private final List<Range> ranges = new ArrayList<>();
  private Optional<Loss> open = Optional.empty();

  Losses(Reach reach, VerifyReport report) {
    this.reach = reach;
    this.report = report;
  }

  /// Goes along the segments once.
  void tell(Chain chain, Segments segments) {
    Position expected = chain.start();
    if (!reach.leadsTo(expected)) {
      begin(
          BoundaryRecord.key(chain.boundary().map(BoundaryRecord::number).orElse(0)),
          "nothing that is stored leads to the boundary " + expected,
          expected.txid());
    }
    for (int i = 0; i < segments.all().size(); i++) {
      Segments.Segment segment = segments.all().get(i);
      boolean isStray = isStray(segment, expected);
      if (!segment.start().equals(expected)) {
        unexpected(segment.key(), expected, isStray);
      }
      if (!isStray) {
        if (reach.leadsTo(segment.start())) {
          end(Optional.of(segment.start().txid()));
        }
        problem(segments, i)
            .ifPresent(it -> begin(segment.key().text(), it, segment.key().first()));
        expected = segment.end().orElse(segments.next(i).orElse(expected));
      }
    }
    end(segments.end().map(Position::txid));
  }

  /// Whether the log does not lead to it, and goes on without it.
  private static boolean isStray(Segments.Segment segment, Position expected) {
    return !segment.start().equals(expected)
        && segment.key().first().compareTo(expected.txid().next()) <= 0;
  }

  private static Optional<String> problem(Segments segments, int i) {
    return segments.all().get(i).problem().isEmpty() && segments.isContested(i)
        ? Optional.of("another segment claims the same first transaction")
        : segments.all().get(i).problem();
  }

  private void unexpected(ObjectKey.Slot slot, Position expected, boolean isStray) {
    if (isStray) {
      begin(slot.text(), STRAY + expected, slot.first());
    } else {
      begin(ObjectKey.Slot.after(expected).text(), "is missing", expected.txid().next());
    }
  }

  private void begin(String key, String problem, Txid first) {
    if (open.isPresent()) {
      open.get().inside().add(new VerifyResult.Problem(key, problem, Optional.empty()));
    } else {
      open = Optional.of(new Loss(key, problem, first, new ArrayList<>()));
    }
  }

  /// The last transaction that belongs to it; empty if nobody knows where the log ends.
  private void end(Optional<Txid> last) {
    if (open.isPresent()) {
      Loss loss = open.get();
      open = Optional.empty();
      List<Range> lost = lost(loss.first(), last);
      ranges.addAll(lost);
      if (lost.isEmpty()) {
        report.problem(loss.key(), loss.problem());
      } else {
        String text = lost.stream().map(Range::toString).collect(Collectors.joining(", "));
        report.lost(loss.key(), loss.problem(), text);
      }
      loss.inside().forEach(it -> report.problem(it.key(), it.problem()));
    }
  }

  /// From one transaction to another, without those at which something ends that can be reached.
  private List<Range> lost(Txid first, Optional<Txid> last) {
    List<Range> lost = new ArrayList<>();
    Txid next = first;
    for (Position had : reach.between(first, last.orElse(LAST))) {
      if (next.compareTo(had.txid()) < 0) {
        lost.add(new Range(next, Optional.of(had.txid().previous())));
      }
      next = had.txid().next();
    }
    if (next.compareTo(last.orElse(LAST)) <= 0) {
      lost.add(new Range(next, last));
    }
    return lost;
  }

  /// Whether a transaction is among what was told.
  boolean has(Txid txid) {
    return ranges.stream().anyMatch(range -> range.has(txid));
  }
}
