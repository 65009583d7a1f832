package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import java.util.List;

/// One merged file, or with level [#SNAPSHOT] a snapshot, to be made of objects that follow each
/// other, from the state at `start`. It ends at `end`, which lies inside the last input if a pin
/// asks for that.
public record Merge(int level, List<Chain.Item> inputs, Position start, Position end) {
  public static final int SNAPSHOT = View.Cover.SNAPSHOT_LEVEL;

  public Merge {
    inputs = List.copyOf(inputs);
  }
}
