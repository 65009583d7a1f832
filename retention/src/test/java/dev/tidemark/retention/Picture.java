package dev.tidemark.retention;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// Builds views. Transaction n happens n seconds after the epoch, unless told otherwise; all covers
/// are verified and old.
final class Picture {
  static final Instant LONG_AGO = Instant.parse("1960-01-01T00:00:00Z");

  private final List<View.Segment> above = new ArrayList<>();
  private final List<View.Segment> below = new ArrayList<>();
  private final List<View.Cover> covers = new ArrayList<>();
  private final List<View.Pin> pins = new ArrayList<>();
  private final List<View.Replica> replicas = new ArrayList<>();
  private Optional<View.Boundary> boundary = Optional.empty();
  private LongFunction<Instant> times = Instant::ofEpochSecond;
  private long head;

  static Position at(long txid) {
    return txid == 0
        ? Position.START
        : new Position(new Txid(txid), new Checksum(Checksum.FLAG | txid * 31));
  }

  Picture times(LongFunction<Instant> function) {
    times = function;
    return this;
  }

  Instant time(long txid) {
    return times.apply(txid);
  }

  Picture boundary(long txid) {
    boundary = Optional.of(new View.Boundary(1, at(txid), LONG_AGO));
    return this;
  }

  Picture boundary(long txid, Instant created) {
    boundary = Optional.of(new View.Boundary(1, at(txid), created));
    return this;
  }

  /// A segment of the transactions after one, up to another.
  Picture slot(long before, long last) {
    return slot(before, last, LONG_AGO, View.Finding.UNKNOWN);
  }

  Picture slot(long before, long last, Instant storedAt, View.Finding finding) {
    Position start = at(before);
    Chain.Item item = new Chain.Item(ObjectKey.Slot.after(start), 100 * (last - before));
    boolean isBelow = before < boundary.map(b -> b.position().txid().value()).orElse(0L);
    (isBelow ? below : above)
        .add(
            new View.Segment(
                item, start, Optional.of(at(last)), Optional.of(time(last)), storedAt, finding));
    head = Math.max(head, last);
    return this;
  }

  Picture slots(long before, long last, long each) {
    for (long at = before; at < last; at += each) {
      slot(at, Math.min(last, at + each));
    }
    return this;
  }

  Picture merged(int level, long before, long last) {
    return cover(level, before, last, LONG_AGO, View.Finding.VERIFIED);
  }

  Picture snapshot(long last) {
    return cover(Merge.SNAPSHOT, 0, last, LONG_AGO, View.Finding.VERIFIED);
  }

  Picture cover(int level, long before, long last, Instant storedAt, View.Finding finding) {
    return cover(level, before, last, 50 * (last - before), storedAt, finding);
  }

  /// One of so many bytes.
  Picture merged(int level, long before, long last, long bytes) {
    return cover(level, before, last, bytes, LONG_AGO, View.Finding.VERIFIED);
  }

  private Picture cover(
      int level, long before, long last, long bytes, Instant storedAt, View.Finding finding) {
    covers.add(
        new View.Cover(
            new Chain.Item(key(level, before, last), bytes),
            Optional.of(at(before)),
            Optional.of(time(last)),
            storedAt,
            finding));
    return this;
  }

  static ObjectKey key(int level, long before, long last) {
    Position end = at(last);
    return level == Merge.SNAPSHOT
        ? new ObjectKey.Snapshot(end.txid(), end.checksum())
        : new ObjectKey.Merged(level, new Txid(before + 1), end.txid(), end.checksum());
  }

  Picture pin(String name, long txid) {
    pins.add(new View.Pin(name, at(txid)));
    return this;
  }

  Picture replica(String id, long txid) {
    replicas.add(new View.Replica(id, at(txid), time(txid)));
    return this;
  }

  View view() {
    Optional<View.Head> end =
        head == 0 ? Optional.empty() : Optional.of(new View.Head(at(head), time(head)));
    return new View(boundary, above, below, covers, pins, replicas, end);
  }
}
