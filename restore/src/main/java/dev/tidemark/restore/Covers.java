package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Chain;
import dev.tidemark.store.Contents;
import dev.tidemark.store.ContentsLookup;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The merged files by where they begin, and the snapshots by what they hold; each is given out
/// once.
final class Covers {
  private final Map<Position, List<Chain.Item>> merged = new HashMap<>();
  private final Map<Position, List<Chain.Item>> snapshots = new HashMap<>();
  private final Map<ObjectKey, Position> startOf = new LinkedHashMap<>();
  private final Set<Position> ends = new HashSet<>();
  private final Set<Txid> marks = new HashSet<>();

  /// Reads the index frame of every merged file, since its key does not tell from which state it
  /// continues. Answers those that cannot be read, and why.
  Map<ObjectKey, String> read(ObjectStore store, Chain chain)
      throws StoreException, ObjectGoneException, InterruptedException {
    Map<ObjectKey, String> unreadable = new LinkedHashMap<>();
    ContentsLookup lookup = ContentsLookup.of(store, chain.database().databaseId());
    for (Chain.Item item : chain.covers()) {
      mark(item.key());
      if (item.key() instanceof ObjectKey.Snapshot snapshot) {
        snapshots.computeIfAbsent(snapshot.position(), _ -> new ArrayList<>()).add(item);
        continue;
      }
      try {
        Optional<Contents> contents = lookup.contents(item);
        if (contents.isEmpty()) {
          throw new ObjectGoneException(item.key());
        }
        startOf.put(item.key(), contents.get().start());
        merged.computeIfAbsent(contents.get().start(), _ -> new ArrayList<>()).add(item);
      } catch (DamagedLogException e) {
        unreadable.put(item.key(), e.reason());
      }
    }
    merged.values().forEach(items -> items.sort(Comparator.comparing(Covers::last)));
    return unreadable;
  }

  private void mark(ObjectKey key) {
    ends.add(end(key));
    marks.add(end(key).txid());
    marks.add(before(key));
  }

  /// Where a cover ends.
  static Position end(ObjectKey cover) {
    return switch (cover) {
      case ObjectKey.Merged file -> file.end();
      case ObjectKey.Snapshot snapshot -> snapshot.position();
      case ObjectKey.Slot slot -> throw new IllegalArgumentException(slot.text() + " is no cover");
    };
  }

  /// Where it leads, as far as it is known where it begins.
  static Reach.Step step(ObjectKey cover, Optional<Position> start) {
    Txid before = before(cover);
    Optional<Position> from = before.equals(Txid.ZERO) ? Optional.of(Position.START) : start;
    return new Reach.Step(before, from, Optional.of(end(cover)), List.of());
  }

  private static Txid before(ObjectKey cover) {
    return cover instanceof ObjectKey.Merged file ? file.first().previous() : Txid.ZERO;
  }

  /// Whether one ends there.
  boolean endAt(Position position) {
    return ends.contains(position);
  }

  /// The transactions after which one begins, or ends.
  Set<Txid> marks() {
    return marks;
  }

  /// The positions from which merged files lead on, ascending.
  List<Position> starts() {
    List<Position> starts = new ArrayList<>(merged.keySet());
    starts.sort(Comparator.comparing(Position::txid));
    return starts;
  }

  /// The merged files that continue from a position, the shortest first.
  List<Chain.Item> takeFrom(Position start) {
    return Optional.ofNullable(merged.remove(start)).orElse(List.of());
  }

  List<Chain.Item> takeSnapshots(Position position) {
    return Optional.ofNullable(snapshots.remove(position)).orElse(List.of());
  }

  /// Where a merged file begins; empty for a snapshot, and for one that cannot be read.
  Optional<Position> start(ObjectKey key) {
    return Optional.ofNullable(startOf.get(key));
  }

  /// What was not given out, merged files by where they begin, then snapshots.
  List<Chain.Item> left() {
    List<Chain.Item> left = new ArrayList<>();
    starts().forEach(start -> left.addAll(takeFrom(start)));
    List.copyOf(snapshots.keySet()).forEach(position -> left.addAll(takeSnapshots(position)));
    return left;
  }

  private static Txid last(Chain.Item item) {
    return ((ObjectKey.Merged) item.key()).last();
  }
}
