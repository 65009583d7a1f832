package dev.tidemark.store.testing;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// A database's life as a naive model: every transaction with its pages, and the whole file after
/// each. Grows, shrinks, grows again, is vacuumed, changes nothing, is rewritten.
public final class PageHistory {
  /// One transaction: the pages it wrote, the database size after it.
  public record Transaction(
      Position before,
      Position after,
      long timeMillis,
      long commit,
      SortedMap<Long, byte[]> pages) {}

  public static final long START_MILLIS = 1_700_000_000_000L;

  private final PageSize pageSize;
  private final Random random;
  private final List<Transaction> transactions = new ArrayList<>();
  private final List<byte[]> files = new ArrayList<>();
  private Optional<InstantSource> clock = Optional.empty();

  /// How many transactions are not remembered any more.
  private int forgotten;

  public PageHistory(PageSize pageSize, Random random) {
    this.pageSize = pageSize;
    this.random = random;
  }

  /// `count` random transactions on a database of at most `pagesMax` pages.
  public static PageHistory random(PageSize pageSize, Random random, int count, int pagesMax) {
    PageHistory history = new PageHistory(pageSize, random);
    history.full(1 + random.nextInt(pagesMax));
    while (history.count() < count) {
      history.randomTransaction(pagesMax);
    }
    return history;
  }

  /// Forgets this life; goes on from another one's last position, at this page size.
  public PageHistory continuing(PageHistory other) {
    transactions.clear();
    transactions.addAll(other.transactions);
    files.clear();
    files.addAll(other.files);
    forgotten = other.forgotten;
    return this;
  }

  /// Forgets what was up to a transaction, for the sake of memory; never the last one.
  public void forget(int txid) {
    int some = Math.min(txid, count() - 1) - forgotten;
    if (some > 0) {
      transactions.subList(0, some).clear();
      files.subList(0, some).clear();
      forgotten += some;
    }
  }

  /// Transactions happen now by this clock. Without one, two of them happen each second.
  public PageHistory clock(InstantSource source) {
    clock = Optional.of(source);
    return this;
  }

  private long nextMillis() {
    return clock.map(InstantSource::millis).orElse(START_MILLIS + 1_000L * (count() / 2));
  }

  public PageSize pageSize() {
    return pageSize;
  }

  public int count() {
    return forgotten + transactions.size();
  }

  public Transaction transaction(int txid) {
    return transactions.get(txid - 1 - forgotten);
  }

  public Position position(int txid) {
    return txid == 0 ? Position.START : transaction(txid).after();
  }

  /// The database file after a transaction.
  public byte[] file(int txid) {
    return txid == 0 ? new byte[0] : files.get(txid - 1 - forgotten);
  }

  public byte[] page(int txid, long pgno) {
    int at = Math.toIntExact(pageSize.offsetOf(pgno));
    return Arrays.copyOfRange(file(txid), at, at + pageSize.bytes());
  }

  /// What a merge of transactions `first` to `last` carries, by its definition.
  public SortedMap<Long, byte[]> merged(int first, int last) {
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    for (int txid = first; txid <= last; txid++) {
      pages.tailMap(transaction(txid).commit() + 1).clear();
      pages.putAll(transaction(txid).pages());
    }
    return pages;
  }

  /// Rewrites every page, at a new size.
  public void full(long commit) {
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    for (long pgno = 1; pgno <= commit; pgno++) {
      pages.put(pgno, randomPage());
    }
    commit(commit, pages);
  }

  /// Commits these pages; those that make the file grow must be among them.
  public void commit(long commit, SortedMap<Long, byte[]> pages) {
    byte[] file = Arrays.copyOf(file(count()), Math.toIntExact(commit * pageSize.bytes()));
    pages.forEach((pgno, page) ->
        System.arraycopy(page, 0, file, Math.toIntExact(pageSize.offsetOf(pgno)), page.length));
    long xor = 0;
    for (long pgno = 1; pgno <= commit; pgno++) {
      int at = Math.toIntExact(pageSize.offsetOf(pgno));
      xor ^= PageChecksum.of(pgno, file, at, pageSize.bytes());
    }
    Position after = new Position(new Txid(count() + 1), Checksum.ofXor(xor));
    transactions.add(new Transaction(position(count()), after, nextMillis(), commit, pages));
    files.add(file);
  }

  /// One more, whatever it does.
  public void randomTransaction(int pagesMax) {
    long now = transactions.getLast().commit();
    int kind = random.nextInt(20);
    if (kind == 0) {
      commit(now, new TreeMap<>());
    } else if (kind == 1) {
      full(1 + random.nextInt(pagesMax));
    } else {
      long commit =
          switch (kind) {
            case 2, 3, 4 -> 1 + random.nextLong(now);
            case 5, 6, 7, 8 -> Math.min(pagesMax, now + 1 + random.nextInt(4));
            default -> now;
          };
      SortedMap<Long, byte[]> pages = new TreeMap<>();
      int updates = kind == 2 ? (int) commit : random.nextInt(4);
      for (int i = 0; i < updates; i++) {
        // Low page numbers change most, as a b-tree's root does.
        pages.put(1 + random.nextLong(1 + random.nextLong(commit)), randomPage());
      }
      for (long pgno = now + 1; pgno <= commit; pgno++) {
        pages.put(pgno, randomPage());
      }
      commit(commit, pages);
    }
  }

  private byte[] randomPage() {
    byte[] page = new byte[pageSize.bytes()];
    byte[] start = new byte[32];
    random.nextBytes(start);
    System.arraycopy(start, 0, page, 0, start.length);
    System.arraycopy(start, 0, page, page.length - start.length, start.length);
    return page;
  }
}
