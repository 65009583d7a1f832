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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The merged files by where they begin, and the snapshots by what they hold; each is given out
/// once.
final class Covers {
  private final Map<Position, List<Chain.Item>> merged = new HashMap<>();
  private final Map<Position, List<Chain.Item>> snapshots = new HashMap<>();
  private final Map<Chain.Item, Position> startOf = new LinkedHashMap<>();

  /// Reads the index frame of every merged file, since its key does not tell from which state it
  /// continues.
  void read(ObjectStore store, Chain chain, VerifyReport report)
      throws StoreException, ObjectGoneException, InterruptedException {
    ContentsLookup lookup = ContentsLookup.of(store, chain.database().databaseId());
    for (Chain.Item item : chain.covers()) {
      if (item.key() instanceof ObjectKey.Snapshot snapshot) {
        snapshots.computeIfAbsent(snapshot.position(), _ -> new ArrayList<>()).add(item);
        continue;
      }
      try {
        Optional<Contents> contents = lookup.contents(item);
        if (contents.isEmpty()) {
          throw new ObjectGoneException(item.key());
        }
        startOf.put(item, contents.get().start());
        merged.computeIfAbsent(contents.get().start(), _ -> new ArrayList<>()).add(item);
      } catch (DamagedLogException e) {
        report.problem(item.key().text(), e.reason());
      }
    }
    merged.values().forEach(items -> items.sort(Comparator.comparing(Covers::last)));
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

  /// Where a merged file begins; empty for a snapshot.
  Optional<Position> start(Chain.Item item) {
    return Optional.ofNullable(startOf.get(item));
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
