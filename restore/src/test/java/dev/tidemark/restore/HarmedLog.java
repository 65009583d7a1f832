package dev.tidemark.restore;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PageSums;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.StateReader;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// A log in a store in memory, of which a test takes objects away, or flips bits in them.
final class HarmedLog {
  final MemoryStore store = new MemoryStore();
  final PageHistory history;
  final LogBuilder builder;
  final List<Integer> cuts = new ArrayList<>(List.of(0));
  final List<String> story = new ArrayList<>();
  int boundary;

  private HarmedLog(PageHistory history) throws Exception {
    this.history = history;
    this.builder = new LogBuilder(store, TestLog.DATABASE, history).database();
  }

  static HarmedLog ofSegments(int... lengths) throws Exception {
    int count = Arrays.stream(lengths).sum();
    HarmedLog log = new HarmedLog(history(new Random(1), count));
    for (int length : lengths) {
      log.segment(length);
    }
    return log;
  }

  void segment(int length) throws Exception {
    int last = Math.min(history.count(), cuts.getLast() + length);
    builder.segment(cuts.getLast() + 1, last);
    cuts.add(last);
  }

  static HarmedLog random(Random random) throws Exception {
    HarmedLog log = new HarmedLog(history(random, 6 + random.nextInt(14)));
    while (log.cuts.getLast() < log.history.count()) {
      log.segment(1 + random.nextInt(4));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      log.cover(random, 0, log.cuts.size() - 1);
    }
    if (random.nextBoolean() && log.cuts.size() > 2) {
      log.boundary(random, 1 + random.nextInt(log.cuts.size() - 2));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      log.harm(random);
    }
    return log;
  }

  private void cover(Random random, int from, int to) throws Exception {
    int first = from + random.nextInt(to - from);
    int last = first + 1 + random.nextInt(to - first);
    if (random.nextInt(3) == 0) {
      builder.snapshot(1 + random.nextInt(history.count()));
    } else {
      builder.merged(1 + random.nextInt(3), cuts.get(first) + 1, cuts.get(last));
    }
  }

  private void boundary(Random random, int cut) throws Exception {
    boundary = cuts.get(cut);
    int half = random.nextInt(cut);
    if (random.nextBoolean()) {
      builder.snapshot(boundary);
    } else {
      if (half > 0) {
        builder.merged(2, 1, cuts.get(half));
      }
      builder.merged(1, cuts.get(half) + 1, boundary);
    }
    builder.boundary(1, boundary);
    for (int i = 0; i < cut; i++) {
      store.delete(slot(cuts.get(i)));
    }
  }

  String slot(int after) {
    return ObjectKey.Slot.after(history.position(after)).text();
  }

  /// A merged file of which one page is another one.
  ObjectKey wrong(int level, int first, int last) throws Exception {
    TreeMap<Long, byte[]> pages = new TreeMap<>(history.merged(first, last));
    pages.put(2L, new byte[512]);
    Position end = history.position(last);
    ObjectKey key = new ObjectKey.Merged(level, new Txid(first), end.txid(), end.checksum());
    builder.put(key, builder.mergedBytes(first, last, pages));
    return key;
  }

  /// Takes an object away, or flips a bit in it. A log without its last segment is a shorter one.
  private void harm(Random random) {
    List<String> keys =
        store.objects().keySet().stream().filter(key -> ObjectKey.parse(key).isPresent()).toList();
    String key = keys.get(random.nextInt(keys.size()));
    if (random.nextBoolean() && !key.equals(slot(cuts.get(cuts.size() - 2)))) {
      store.delete(key);
      story.add("without " + key);
    } else {
      flip(key, random);
    }
  }

  void flip(String key, Random random) {
    byte[] bytes = store.bytes(key);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    store.objects().put(key, bytes);
    story.add("a bit of " + key);
  }

  /// Reads a state as a restore does.
  Position restored(int txid, Path scratch) throws Exception {
    try (PageSums sums = new PageSums(scratch)) {
      return new StateReader(store, 1, ReadListener.NONE)
          .read(new RestoreTarget.AtTxid(new Txid(txid)), sums)
          .position();
    }
  }

  /// Page 1 is written once, so that no state is whole without what was before.
  static PageHistory history(Random random, int count) {
    PageHistory history = new PageHistory(new PageSize(512), random);
    history.full(3);
    while (history.count() < count) {
      long now = history.transaction(history.count()).commit();
      long commit = 2L + random.nextInt(5);
      TreeMap<Long, byte[]> pages = new TreeMap<>();
      for (long pgno = Math.min(now, commit) + 1; pgno <= commit; pgno++) {
        pages.put(pgno, page(random));
      }
      pages.put(2L, page(random));
      history.commit(commit, pages);
    }
    return history;
  }

  private static byte[] page(Random random) {
    byte[] page = new byte[512];
    random.nextBytes(page);
    return page;
  }
}
