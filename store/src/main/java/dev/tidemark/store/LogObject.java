package dev.tidemark.store;

import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An object of the log, and the transactions that it stands for.
public record LogObject(ObjectKey key, ObjectKind kind, Txid first, Position end, long bytes) {
  /// All of them: segments above the boundary, merged files level by level, snapshots. Where a
  /// segment ends is told by its index frame, since the next one's key may lie behind a hole; if
  /// that cannot be read, by the next one's key.
  public static List<LogObject> all(Chain chain, ContentsLookup lookup)
      throws DamagedLogException, StoreException, InterruptedException {
    Planner planner = new Planner(chain, lookup);
    List<LogObject> all = new ArrayList<>();
    planner.lookUpSlots();
    for (int i = 0; i < chain.slots().size(); i++) {
      Chain.Item item = chain.slots().get(i);
      Optional<Position> end = planner.end(i);
      if (end.isEmpty()) {
        throw new Holes(planner).refusal(i);
      }
      all.add(
          new LogObject(
              item.key(), ObjectKind.SEGMENT, planner.slot(i).first(), end.get(), item.size()));
    }
    for (Chain.Item item : chain.covers()) {
      all.add(
          switch (item.key()) {
            case ObjectKey.Merged merged ->
                new LogObject(merged, ObjectKind.MERGED, merged.first(), merged.end(), item.size());
            case ObjectKey.Snapshot snapshot ->
                new LogObject(
                    snapshot, ObjectKind.SNAPSHOT, new Txid(1), snapshot.position(), item.size());
            case ObjectKey.Slot slot -> throw new IllegalStateException(slot.text());
          });
    }
    return all;
  }
}
