package dev.tidemark.bench.micro;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// A database of 16 MiB of rows of text, and eight transactions that each change 4 MiB of it, here
/// and there: 48 MiB of pages to merge into 16 MiB.
final class MergeLog {
  static final Id128 DATABASE = new Id128(1, 2);
  static final int MIB = 48;

  private static final int TRANSACTIONS = 9;
  private static final int PAGES = 4_096;
  private static final int CHANGED = 1_024;
  private static final PageSize SIZE = new PageSize(4_096);

  final MemoryStore store = new MemoryStore();
  private final Random random = new Random(1);
  private final List<String> words = words();
  private final PageHistory history = new PageHistory(SIZE, random);
  private final LogBuilder builder = new LogBuilder(store, DATABASE, history);

  MergeLog() {
    TreeMap<Long, byte[]> all = new TreeMap<>();
    for (long pgno = 1; pgno <= PAGES; pgno++) {
      all.put(pgno, page());
    }
    history.commit(PAGES, all);
    while (history.count() < TRANSACTIONS) {
      TreeMap<Long, byte[]> changed = new TreeMap<>();
      while (changed.size() < CHANGED) {
        changed.put(1 + random.nextLong(PAGES), page());
      }
      history.commit(PAGES, changed);
    }
  }

  /// A snapshot, and a merged file for each transaction since.
  List<Chain.Item> covers() throws Exception {
    List<Chain.Item> items = new ArrayList<>(List.of(item(builder.snapshot(1))));
    for (int txid = 2; txid <= TRANSACTIONS; txid++) {
      items.add(item(builder.merged(1, txid, txid)));
    }
    return items;
  }

  /// A snapshot, and one segment.
  List<Chain.Item> segment() throws Exception {
    return List.of(item(builder.snapshot(1)), item(builder.segment(2, TRANSACTIONS)));
  }

  private Chain.Item item(ObjectKey key) {
    return new Chain.Item(key, store.bytes(key.text()).length);
  }

  /// Rows of words and numbers; compresses to about a third.
  private byte[] page() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < SIZE.bytes()) {
      String row = words.get(random.nextInt(words.size())) + ' ' + random.nextInt(100_000) + ';';
      out.writeBytes(row.getBytes(StandardCharsets.US_ASCII));
    }
    byte[] page = new byte[SIZE.bytes()];
    System.arraycopy(out.toByteArray(), 0, page, 0, page.length);
    return page;
  }

  private List<String> words() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = 3 + random.nextInt(8); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      made.add(word.toString());
    }
    return made;
  }
}
