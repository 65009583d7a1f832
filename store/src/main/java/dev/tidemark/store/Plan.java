package dev.tidemark.store;

import dev.tidemark.ltx.Position;
import java.util.List;

/// Which objects make up a position, oldest first: applied in this order to the state at `from`
/// (START: nothing) they give the state at `target`. Of the last object only the transactions up to
/// the target count.
public record Plan(Position from, Position target, List<Chain.Item> objects) {
  public Plan {
    objects = List.copyOf(objects);
  }

  public long bytes() {
    long bytes = 0;
    for (Chain.Item item : objects) {
      bytes += item.size();
    }
    return bytes;
  }
}
