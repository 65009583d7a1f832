package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the last restorable transaction that is not later than a time, with a number of index
/// frames that grows with the logarithm of the log's length.
///
/// An object whose index frame cannot be read has no times. If the answer could lie in it, there is
/// none.
final class Timeline {
  /// Objects that end at one position below the chain, or one slot.
  private record Entry(List<Chain.Item> items, Optional<Integer> slot) {}

  private final Planner planner;
  private final List<Entry> entries = new ArrayList<>();

  Timeline(Planner planner) {
    this.planner = planner;
    for (Position position : planner.restorableBelow()) {
      entries.add(new Entry(planner.coversEndingAt(position), Optional.empty()));
    }
    for (int i = 0; i < planner.chain().slots().size(); i++) {
      entries.add(new Entry(List.of(planner.chain().slots().get(i)), Optional.of(i)));
    }
  }

  Targets.Resolved at(Instant time)
      throws PositionNotFoundException, DamagedLogException, StoreException, InterruptedException {
    long millis = millisOf(time);
    int found = lastNotLater(millis);
    boolean isNextUnknown = found + 1 < entries.size() && contents(found + 1).isEmpty();
    if (found < 0) {
      if (isNextUnknown) {
        throw refusal(0);
      }
      checkMeets(found, Position.START);
      throw new PositionNotFoundException(
          "nothing is as old as %s; the first restorable transaction is of %s"
              .formatted(
                  time, Instant.ofEpochMilli(contents(0).orElseThrow().file(0).timestampMillis())));
    }
    Contents contents = contents(found).orElseThrow();
    int file = contents.fileCount() - 1;
    while (contents.file(file).timestampMillis() > millis) {
      file--;
    }
    Optional<Integer> slot = entries.get(found).slot();
    if (file == contents.fileCount() - 1) {
      if (isNextUnknown) {
        throw refusal(found + 1);
      }
      checkMeets(found, contents.end());
    }
    return new Targets.Resolved(contents.position(file), slot);
  }

  /// Saturates: years that no count of milliseconds reaches are before or after everything.
  private static long millisOf(Instant time) {
    if (time.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE))) {
      return Long.MIN_VALUE;
    }
    return time.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))
        ? Long.MAX_VALUE
        : time.toEpochMilli();
  }

  /// Between objects that do not meet there were transactions whose times nobody knows.
  private void checkMeets(int found, Position end)
      throws DamagedLogException, StoreException, InterruptedException {
    if (found + 1 == entries.size()) {
      return;
    }
    Optional<Integer> next = entries.get(found + 1).slot();
    Position expected =
        found < 0 || entries.get(found).slot().isEmpty() ? planner.chain().start() : end;
    if (next.isPresent() && !planner.slot(next.get()).start().equals(expected)) {
      throw new Holes(planner).missingAfter(expected);
    }
  }

  /// The last readable entry that begins at `millis` or before; -1: none.
  private int lastNotLater(long millis) throws StoreException, InterruptedException {
    int low = -1;
    int high = entries.size();
    while (high - low > 1) {
      int mid = (low + high) >>> 1;
      int readable = mid;
      while (readable < high && contents(readable).isEmpty()) {
        readable++;
      }
      if (readable < high && contents(readable).orElseThrow().file(0).timestampMillis() <= millis) {
        low = readable;
      } else {
        high = mid;
      }
    }
    return low;
  }

  private Optional<Contents> contents(int entry) throws StoreException, InterruptedException {
    for (Chain.Item item : entries.get(entry).items()) {
      Optional<Contents> contents = planner.contents(item);
      if (contents.isPresent()) {
        return contents;
      }
    }
    return Optional.empty();
  }

  private DamagedLogException refusal(int entry) throws StoreException, InterruptedException {
    Entry unknown = entries.get(entry);
    if (unknown.slot().isPresent()) {
      return new Holes(planner).refusal(unknown.slot().get());
    }
    ObjectKey key = unknown.items().getFirst().key();
    return new DamagedLogException(
        key.text(),
        planner.damage(key).orElse("cannot be read")
            + "; the transaction of that time may lie in it");
  }
}
