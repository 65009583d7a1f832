package dev.tidemark.shipper;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.PageSize;

/// The checksum of a database while a transaction's pages pass by: the old sum of each changed page
/// goes out, the new one in, and the pages that the transaction cut off go out at the end.
///
/// It also holds the transaction to SQLite's own rule that each page of a grown database is in the
/// WAL.
final class RollingChecksum {
  private final DirtySums sums;
  private final PageSize pageSize;
  private final long commitBefore;
  private final long commit;
  private final LongList pgnos = new LongList();
  private final LongList newSums = new LongList();
  private long xor;
  private long grown;

  /// `before` is the checksum that the sums add up to, of a database of `commitBefore` pages.
  RollingChecksum(
      DirtySums sums, PageSize pageSize, Checksum before, long commitBefore, long commit) {
    this.sums = sums;
    this.pageSize = pageSize;
    this.commitBefore = commitBefore;
    this.commit = commit;
    this.xor = before.value();
  }

  /// Takes a page; with `keep`, [#keep] will put its new sum among the dirty ones.
  void page(long pgno, long sum, boolean keep) {
    long old = pgno <= commitBefore ? sums.get(pgno) : 0;
    xor ^= old ^ sum;
    grown += pgno > commitBefore ? 1 : 0;
    if (keep) {
      pgnos.add(pgno);
      newSums.add(sum);
    }
  }

  /// The checksum after the transaction.
  Checksum finish() throws LostContinuityException {
    long expected = Math.max(0, pageSize.dataPages(commit) - pageSize.dataPages(commitBefore));
    if (grown != expected) {
      throw new LostContinuityException(
          "the database grew from %d to %d pages, but the WAL holds %d of the new ones"
              .formatted(commitBefore, commit, grown));
    }
    for (long pgno = commit + 1; pgno <= commitBefore; pgno++) {
      xor ^= sums.get(pgno);
    }
    return Checksum.ofXor(xor);
  }

  /// Moves the new sums among the dirty ones, once the transaction is written.
  void keep() {
    for (int i = 0; i < pgnos.size(); i++) {
      sums.put(pgnos.get(i), newSums.get(i));
    }
    for (long pgno = commit + 1; pgno <= commitBefore; pgno++) {
      sums.put(pgno, 0);
    }
  }
}
