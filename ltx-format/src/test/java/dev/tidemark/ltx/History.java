package dev.tidemark.ltx;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A small database in memory that grows, shrinks and changes at random, one LTX file per commit,
/// as SQLite would: every page that is new to the database is in the transaction.
final class History {
  final Random random;
  final TreeMap<Long, byte[]> pages = new TreeMap<>();
  private final PageSize size;
  Txid txid = Txid.ZERO;
  private long timeMillis = 1_000;

  History(Random random) {
    this(random, 512);
  }

  History(Random random, int pageBytes) {
    this.random = random;
    this.size = new PageSize(pageBytes);
  }

  SequencedMap<Long, byte[]> copy() {
    return new TreeMap<>(pages);
  }

  Position position() {
    return new Position(txid, txid.value() == 0 ? Checksum.NONE : Ltx.rolling(pages));
  }

  /// A random transaction.
  byte[] commit() throws IOException {
    long commit = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(8);
    TreeMap<Long, byte[]> changed = new TreeMap<>();
    for (long pgno = 1; pgno <= commit; pgno++) {
      if (pgno > pages.size() || random.nextInt(3) == 0) {
        changed.put(pgno, page());
      }
    }
    return commit(commit, changed);
  }

  /// A transaction with these pages.
  byte[] commit(long commit, long... pgnos) throws IOException {
    TreeMap<Long, byte[]> changed = new TreeMap<>();
    for (long pgno : pgnos) {
      changed.put(pgno, page());
    }
    return commit(commit, changed);
  }

  private byte[] commit(long commit, SequencedMap<Long, byte[]> changed) throws IOException {
    Checksum before = position().checksum();
    txid = txid.next();
    timeMillis += random.nextInt(2_000);
    pages.putAll(changed);
    pages.tailMap(commit, false).clear();
    LtxHeader header = LtxHeader.plain(size, commit, txid, txid, timeMillis, before);
    return Ltx.write(header, changed, Ltx.rolling(pages), PageEncoding.LITERAL);
  }

  private byte[] page() {
    byte[] page = new byte[size.bytes()];
    random.nextBytes(page);
    // Half of it alike, so that it compresses somewhat.
    Arrays.fill(page, 0, page.length / 2, page[0]);
    return page;
  }
}
