package dev.tidemark.shipper;

import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.util.Optional;

/// Compares pages in the database file with the page checksums of what was captured, while the
/// application goes on.
///
/// A page whose newest frame was in the file before the look, or that has no frame in the WAL at
/// all, is written by nobody until the WAL is reset; so if that did not happen while the file was
/// read, and no new frame came, it has to be what was captured last. Other pages are left out: what
/// counts of them is in the WAL, and was proven when it was read from there. One thread at a time.
final class FileLook {
  /// What a look at a run of pages came to.
  sealed interface Outcome {
    /// Nothing can be said: the WAL moved on meanwhile, or there is more in it than was followed
    /// yet. Look again.
    record Unclear() implements Outcome {}

    /// `pages` were compared and are what they should be.
    record Equal(long pages) implements Outcome {}

    /// Of `pages` that were compared, `differing` are not what was captured, `first` of them first.
    record Different(long pages, long differing, long first) implements Outcome {}
  }

  private static final Outcome UNCLEAR = new Outcome.Unclear();

  private final Source source;
  private final Spool spool;
  private final WalView wal;
  private final PageSize pageSize;
  private final LoggedPages logged;

  FileLook(Source source, Spool spool, WalView wal) {
    this.source = source;
    this.spool = spool;
    this.wal = wal;
    this.pageSize = new PageSize(source.pageSize());
    this.logged = new LoggedPages(source);
  }

  /// Looks at `count` pages from `first` on, those beyond the end of the database left out. What
  /// differs was read twice.
  Outcome at(long first, int count) throws IOException {
    return switch (once(first, count)) {
      case Outcome.Unclear unclear -> unclear;
      case Outcome.Equal equal -> equal;
      case Outcome.Different _ -> once(first, count);
    };
  }

  /// As [#at], read once: that is exact by itself, if nothing is wrong with the disk.
  Outcome once(long first, int count) throws IOException {
    Optional<WalIndexHeader> before = wal.now();
    long backfilled = source.nBackfill();
    if (before.isEmpty() || !follows(before.get(), before.get().salts(), backfilled)) {
      return UNCLEAR;
    }
    // Not kept: hundreds of databases share a small heap.
    byte[] bytes = new byte[count * pageSize.bytes()];
    int got = source.readDatabase(pageSize.offsetOf(first), bytes, 0, bytes.length);
    Optional<WalIndexHeader> after = wal.now();
    if (after.isEmpty() || !follows(after.get(), before.get().salts(), backfilled)) {
      return UNCLEAR;
    }
    return compared(first, bytes, got, end(after.get()));
  }

  /// Whether the WAL is of that generation, captured at least as far as it is in the file, and the
  /// pages of its other frames are known. A count of frames that is left from the generation before
  /// is above all others.
  private boolean follows(WalIndexHeader header, long salts, long backfilled) throws IOException {
    CaptureCursor cursor = spool.cursor();
    return header.salts() == salts
        && cursor.salts() == salts
        && cursor.frame() >= backfilled
        && header.mxFrame() >= cursor.frame()
        && logged.follow(header, backfilled);
  }

  /// A commit that is not captured yet may have made the database smaller, and a checkpoint the
  /// file.
  private long end(WalIndexHeader header) {
    return header.mxFrame() == 0 ? spool.commit() : Math.min(spool.commit(), header.nPage());
  }

  private Outcome compared(long first, byte[] bytes, int got, long end) {
    int count = bytes.length / pageSize.bytes();
    int whole = got / pageSize.bytes();
    long pages = 0;
    long differing = 0;
    long firstDiffering = 0;
    for (int i = 0; i < count && first + i <= end; i++) {
      long pgno = first + i;
      if (pageSize.isLockPage(pgno) || logged.has(pgno)) {
        continue;
      }
      pages++;
      int at = i * pageSize.bytes();
      if (i >= whole
          || PageChecksum.of(pgno, bytes, at, pageSize.bytes()) != spool.table().get(pgno)) {
        firstDiffering = differing == 0 ? pgno : firstDiffering;
        differing++;
      }
    }
    return differing == 0
        ? new Outcome.Equal(pages)
        : new Outcome.Different(pages, differing, firstDiffering);
  }
}
