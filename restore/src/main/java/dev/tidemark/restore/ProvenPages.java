package dev.tidemark.restore;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Counted;
import dev.tidemark.store.ObjectVisitor;
import dev.tidemark.store.PageSums;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// The page checksums of a state of the log, carried forward transaction by transaction. Each
/// transaction must leave them adding up to the checksum that it names; this proves every position
/// with 8 bytes per page in hand.
final class ProvenPages implements Closeable {
  /// Hears of each change to the table before it is made.
  interface Undo {
    Undo NONE = (_, _) -> {};

    void before(long pgno, long checksum) throws IOException;
  }

  private final PageSums sums;
  private final Undo undo;
  private Optional<Position> at = Optional.of(Position.START);
  private Optional<PageSize> pageSize = Optional.empty();

  ProvenPages(PageSums sums) {
    this(sums, Undo.NONE);
  }

  ProvenPages(PageSums sums, Undo undo) {
    this.sums = sums;
    this.undo = undo;
  }

  /// The state that the checksums are of; empty if they are of none.
  Optional<Position> at() {
    return at;
  }

  PageSums sums() {
    return sums;
  }

  /// Of the state that the checksums are of; empty before the first transaction.
  Optional<PageSize> pageSize() {
    return pageSize;
  }

  /// The table was filled anew.
  void set(Position position, PageSize size) {
    at = Optional.of(position);
    pageSize = Optional.of(size);
  }

  void clear() {
    sums.truncate(0);
    at = Optional.of(Position.START);
    pageSize = Optional.empty();
  }

  void forget() {
    at = Optional.empty();
  }

  @Override
  public void close() throws IOException {
    sums.close();
  }

  /// Applies the files of an object that continues from here.
  Forward forward(IndexFrame index) {
    return new Forward(index);
  }

  private void truncate(long pages) throws IOException {
    for (long pgno = pages + 1; pgno <= sums.pages(); pgno++) {
      undo.before(pgno, sums.get(pgno));
    }
    sums.truncate(pages);
  }

  /// Checks a merged file that continues from here, and stays here.
  Sideways sideways(IndexFrame index) {
    return new Sideways(index);
  }

  /// Compares a snapshot with the state here.
  Same same(IndexFrame index) {
    return new Same(index);
  }

  /// In how many pages a live database differs from the state here; empty: in none.
  Optional<String> differences(LivePages live) throws IOException {
    long both = Math.min(live.pages(), sums.pages());
    long different = 0;
    long first = 0;
    for (long pgno = Math.max(live.pages(), sums.pages()); pgno >= 1; pgno--) {
      boolean equal = pgno <= both && live.checksum(pgno) == sums.get(pgno);
      if (!equal && !live.wasWritten(pgno)) {
        different++;
        first = pgno;
      }
    }
    return different == 0
        ? Optional.empty()
        : Optional.of(
            "the database differs in %s, the first is %d"
                .formatted(Counted.of(different, "page"), first));
  }

  private boolean isOther(IndexFrame index) {
    return !pageSize.equals(Optional.of(index.identity().pageSize()));
  }

  private static Optional<String> mismatch(
      Position position, Checksum found, long grown, long mustGrow) {
    if (grown != mustGrow) {
      return Optional.of(
          "the database grows by %d pages at %s, %d of them are there"
              .formatted(mustGrow, position, grown));
    }
    if (!found.equals(position.checksum())) {
      return Optional.of("the pages add up to %s at %s".formatted(found, position));
    }
    return Optional.empty();
  }

  /// Checks an object while it is read.
  interface Proof extends ObjectVisitor {
    /// What is wrong with it; empty: all of it is proven. Call it when the object was read whole.
    Optional<String> end();
  }

  /// Moves the state along; `problem` tells of the first transaction that does not add up.
  final class Forward implements Proof {
    private final IndexFrame index;
    private Optional<String> problem = Optional.empty();
    private long before;
    private long grown;

    private Forward(IndexFrame index) {
      this.index = index;
      at = Optional.empty();
    }

    @Override
    public boolean beginFile(int i) throws IOException {
      if (isOther(index)) {
        truncate(0);
        pageSize = Optional.of(index.identity().pageSize());
      }
      before = sums.pages();
      grown = 0;
      return problem.isEmpty();
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) throws IOException {
      if (pgno > before) {
        grown++;
      }
      undo.before(pgno, sums.get(pgno));
      sums.set(pgno, checksum);
    }

    @Override
    public void endFile(int i) throws IOException {
      long commit = index.file(i).databasePages();
      truncate(commit);
      PageSize size = index.identity().pageSize();
      long mustGrow = Math.max(0, size.dataPages(commit) - size.dataPages(before));
      problem = mismatch(index.position(i), sums.checksum(), grown, mustGrow);
    }

    @Override
    public Optional<String> end() {
      if (problem.isEmpty()) {
        at = Optional.of(index.end());
      }
      return problem;
    }
  }

  /// Computes where a merged file leads without going there.
  final class Sideways implements Proof {
    private final IndexFrame index;
    private final long before;
    private long xor;
    private long grown;

    private Sideways(IndexFrame index) {
      this.index = index;
      boolean isOther = isOther(index);
      this.before = isOther ? 0 : sums.pages();
      this.xor = isOther ? 0 : sums.checksum().value();
    }

    @Override
    public boolean beginFile(int i) {
      return true;
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) {
      if (pgno > before) {
        grown++;
        xor ^= checksum;
      } else {
        xor ^= sums.get(pgno) ^ checksum;
      }
    }

    @Override
    public Optional<String> end() {
      long commit = index.file(0).databasePages();
      for (long pgno = commit + 1; pgno <= before; pgno++) {
        xor ^= sums.get(pgno);
      }
      PageSize size = index.identity().pageSize();
      long mustGrow = Math.max(0, size.dataPages(commit) - size.dataPages(before));
      return mismatch(index.end(), Checksum.ofXor(xor), grown, mustGrow);
    }
  }

  /// Counts the pages in which a snapshot differs.
  final class Same implements Proof {
    private long different;
    private final long before = sums.pages();
    private final IndexFrame index;

    private Same(IndexFrame index) {
      this.index = index;
    }

    @Override
    public boolean beginFile(int i) {
      return true;
    }

    @Override
    public void page(long pgno, long checksum, byte[] page) {
      if (sums.get(pgno) != checksum) {
        different++;
      }
    }

    @Override
    public Optional<String> end() {
      if (index.file(0).databasePages() != before) {
        return Optional.of(
            "has %d pages, the log has %d there".formatted(index.file(0).databasePages(), before));
      }
      return different == 0
          ? Optional.empty()
          : Optional.of("differs from the log in " + Counted.of(different, "page"));
    }
  }
}
