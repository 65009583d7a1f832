package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import java.util.List;

/// One merged file, or with level [#SNAPSHOT] a snapshot, to be made of objects that follow each
/// other, from the state at `start`. It ends at `end`, which lies inside the last input if a pin
/// asks for that.
public record Merge(int level, List<Chain.Item> inputs, Position start, Position end) {
  public static final int SNAPSHOT = View.Cover.SNAPSHOT_LEVEL;

  public Merge {
    inputs = List.copyOf(inputs);
  }

  /// The key of what it makes.
  ObjectKey key() {
    return level == SNAPSHOT
        ? new ObjectKey.Snapshot(end.txid(), end.checksum())
        : new ObjectKey.Merged(level, start.txid().next(), end.txid(), end.checksum());
  }

  long inputBytes() {
    return inputs.stream().mapToLong(Chain.Item::size).sum();
  }
}
