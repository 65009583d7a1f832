package dev.tidemark.retention;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.StoreException;
import java.util.ArrayList;
import java.util.List;

/// A merged file may begin with a full transaction of another page size, and never reaches across
/// one.
final class PageSizeCuts {
  private PageSizeCuts() {}

  static List<Merge> cut(int level, Position start, List<CoverPaths.Step> path, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    List<Merge> pieces = new ArrayList<>();
    List<Chain.Item> inputs = new ArrayList<>();
    Position from = start;
    Position end = start;
    for (CoverPaths.Step step : path) {
      if (!inputs.isEmpty() && facts.changesPageSize(step.item())) {
        pieces.add(new Merge(level, inputs, from, end));
        inputs = new ArrayList<>();
        from = end;
      }
      inputs.add(step.item());
      end = step.end();
    }
    if (!inputs.isEmpty()) {
      pieces.add(new Merge(level, inputs, from, end));
    }
    return pieces;
  }

  /// What a snapshot needs: of what leads to it all from the last full transaction on that changes
  /// the page size. It writes every page, so nothing before it counts.
  static Merge snapshot(List<CoverPaths.Step> path, ObjectFacts facts)
      throws StoreException, DamagedLogException, InterruptedException {
    int from = path.size() - 1;
    while (from > 0 && !facts.changesPageSize(path.get(from).item())) {
      from--;
    }
    Position start = from == 0 ? Position.START : path.get(from - 1).end();
    List<Chain.Item> inputs = new ArrayList<>();
    path.subList(from, path.size()).forEach(step -> inputs.add(step.item()));
    return new Merge(Merge.SNAPSHOT, inputs, start, path.getLast().end());
  }
}
