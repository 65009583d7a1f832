package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one look at the bucket showed. Immutable, and nothing in it reads.
///
/// Whoever makes one keeps to an order, on which the safety of deletions rests. First come the
/// findings: the objects that were read whole, or stored, by this run. Then, all anew: LIST log/,
/// the boundary records, merged/ level by level upwards, snapshots/, then pins and replicas. So a
/// verified cover was there before the listing in which it is judged, and each pin that may have
/// been promised before the boundary record is seen.
public record View(
    Optional<Boundary> boundary,
    List<Segment> above,
    List<Segment> below,
    List<Cover> covers,
    List<Pin> pins,
    List<Replica> replicas,
    Optional<Head> head) {

  /// What is known of an object's bytes.
  public enum Finding {
    UNKNOWN,
    /// Read whole by this run before the listing, and sound; or made by it.
    VERIFIED,
    DAMAGED
  }

  /// The last boundary record; and where the boundary was a grace time before the look, START if
  /// there was none.
  public record Boundary(int number, Position position, Instant created, Position settled) {
    /// The first one, or one before which none is old enough.
    public Boundary(int number, Position position, Instant created) {
      this(number, position, created, Position.START);
    }

    /// Where it was at a time that is at least a grace time ago.
    Position at(Instant time) {
      return created.isAfter(time) ? settled : position;
    }
  }

  /// A slot. Its end is that of its index frame where that was read, else the next slot's start;
  /// empty if it cannot be told. The time of its end is known only where that was read.
  public record Segment(
      Chain.Item item,
      Position start,
      Optional<Position> end,
      Optional<Instant> time,
      Instant storedAt,
      Finding finding) {
    public Txid firstTxid() {
      return start.txid().next();
    }
  }

  /// A merged file or a snapshot. Of a merged file whose index frame was not read only the number
  /// of the transaction before it is known, not the checksum; and not the time of its end.
  public record Cover(
      Chain.Item item,
      Optional<Position> start,
      Optional<Instant> time,
      Instant storedAt,
      Finding finding) {
    static final int SNAPSHOT_LEVEL = 9;

    public Cover {
      if (item.key() instanceof ObjectKey.Slot) {
        throw new IllegalArgumentException(item.key().text() + " is no cover");
      }
    }

    /// 1 to 8, and 9 for a snapshot.
    public int level() {
      return item.key() instanceof ObjectKey.Merged merged ? merged.level() : SNAPSHOT_LEVEL;
    }

    /// The transaction before its first one.
    public long before() {
      return item.key() instanceof ObjectKey.Merged merged ? merged.first().value() - 1 : 0;
    }

    public Position end() {
      return switch (item.key()) {
        case ObjectKey.Merged merged -> merged.end();
        case ObjectKey.Snapshot snapshot -> snapshot.position();
        case ObjectKey.Slot slot -> slot.start();
      };
    }

    public long last() {
      return end().txid().value();
    }

    boolean isVerified() {
      return finding == Finding.VERIFIED;
    }

    boolean isDamaged() {
      return finding == Finding.DAMAGED;
    }
  }

  public record Pin(String name, Position position) {}

  /// A replica whose record has not expired: the position it has applied, and the time of that.
  public record Replica(String id, Position position, Instant time) {}

  /// The end of the log, and its time.
  public record Head(Position position, Instant time) {}

  public View {
    above = List.copyOf(above);
    below = List.copyOf(below);
    covers = List.copyOf(covers);
    pins = List.copyOf(pins);
    replicas = List.copyOf(replicas);
  }

  /// Where the slots that count begin.
  public Position start() {
    return boundary.map(Boundary::position).orElse(Position.START);
  }

  /// The same view, and this cover.
  View with(Cover cover) {
    List<Cover> more = new ArrayList<>(covers);
    more.removeIf(other -> other.item().key().equals(cover.item().key()));
    more.add(cover);
    return new View(boundary, above, below, more, pins, replicas, head);
  }

  /// The same view, with what is known by now of the segments above the boundary.
  View withSegments(List<Segment> segments) {
    return new View(boundary, segments, below, covers, pins, replicas, head);
  }

  /// The same view, with the boundary moved now, and settled where it was at a time before.
  View moved(Position to, Instant now, Instant before) {
    List<Segment> under = new ArrayList<>(below);
    List<Segment> over = new ArrayList<>();
    long at = to.txid().value();
    above.forEach(segment -> (segment.start().txid().value() < at ? under : over).add(segment));
    int number = boundary.map(Boundary::number).orElse(0) + 1;
    Position settled = boundary.map(last -> last.at(before)).orElse(Position.START);
    Boundary moved = new Boundary(number, to, now, settled);
    return new View(Optional.of(moved), over, under, covers, pins, replicas, head);
  }

  /// The same view, with all taken for sound that is not known to be damaged. A plan of it names
  /// what is worth reading before the next look.
  public View assumingSound() {
    return new View(
        boundary,
        above,
        below,
        covers.stream().map(View::assumedSound).toList(),
        pins,
        replicas,
        head);
  }

  private static Cover assumedSound(Cover cover) {
    return cover.isDamaged()
        ? cover
        : new Cover(cover.item, cover.start, cover.time, cover.storedAt, Finding.VERIFIED);
  }
}
