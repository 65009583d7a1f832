package dev.tidemark.restore;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A random history in a store in memory, with segments, merged files, snapshots and a boundary.
final class TestLog {
  static final Id128 DATABASE = new Id128(0xabc, 0xdef);

  final Random random;
  final PageHistory history;
  final MemoryStore store = new MemoryStore();
  final LogBuilder builder;
  final List<Integer> cuts = new ArrayList<>(List.of(0));

  TestLog(long seed, int pageBytes, int transactions) throws Exception {
    random = new Random(seed);
    history = PageHistory.random(new PageSize(pageBytes), random, transactions, 24);
    builder = new LogBuilder(store, DATABASE, history).database();
  }

  /// Segments of one to eight transactions over the whole history.
  TestLog segments() throws Exception {
    while (cuts.getLast() < history.count()) {
      int first = cuts.getLast() + 1;
      int last = Math.min(history.count(), first + random.nextInt(8));
      builder.segment(first, last);
      cuts.add(last);
    }
    return this;
  }

  /// Merges level by level, snapshots here and there, all at the segments' ends.
  TestLog covers() throws Exception {
    for (int level = 1; level <= 3; level++) {
      int step = 1 << level;
      for (int i = 0; i + step < cuts.size(); i += step) {
        builder.merged(level, cuts.get(i) + 1, cuts.get(i + step));
      }
    }
    for (int i = 1; i < cuts.size(); i += 3) {
      builder.snapshot(cuts.get(i));
    }
    return this;
  }

  /// Moves the boundary to about two thirds and deletes most of what lies below.
  int boundary() throws Exception {
    int cut = (cuts.size() - 1) * 2 / 3 / 4 * 4;
    int boundary = cuts.get(cut);
    builder.boundary(1, boundary);
    for (String key : List.copyOf(store.objects().keySet())) {
      if (key.startsWith("log/")
          && Long.parseLong(key.substring(4, 20), 16) <= boundary
          && random.nextInt(4) > 0) {
        store.delete(key);
      }
    }
    return boundary;
  }
}
