package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.CorruptWalException;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalChecksum;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
import dev.tidemark.sqlite.WalHeader;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The committed frames of a WAL from a cursor up to what the wal-index header calls committed,
/// split into transactions, and proven to continue the cursor: by the chain of frame checksums,
/// which must end at the header's own, and, across a reset of the WAL, by SQLite's count of
/// transactions.
///
/// The WAL must not be reset during a scan: hold the pin.
final class CommitScan {
  /// One transaction: frames `first..last`, the running frame checksum and the database size after
  /// it.
  record Commit(long first, long last, long checksum, long pages) {}

  private static final int MANY_FRAMES = 1 << 12;
  private static final int ARRAY_MAX = Integer.MAX_VALUE - 8;

  private final Source source;
  private final WalIndexHeader to;
  private final long from;
  private final WalFrames frames;
  private LongList entries = new LongList();
  private final List<Commit> commits = new ArrayList<>();

  private CommitScan(Source source, WalIndexHeader to, long from) {
    this.source = source;
    this.to = to;
    this.from = from;
    this.frames = new WalFrames(source, to.pageSize(), to.mxFrame());
  }

  /// How many frames there are to read, for exactly as much memory: a large transaction has
  /// millions. What the wal-index says counts only as far as the file goes.
  private int expectedFrames() throws IOException {
    long count = to.mxFrame() - from;
    return count < MANY_FRAMES
        ? (int) count
        : (int)
            Math.clamp(
                source.walStat().size() / frames.frameBytes(), 0, Math.min(count, ARRAY_MAX));
  }

  static CommitScan read(Source source, CaptureCursor cursor, WalIndexHeader to)
      throws IOException, LostContinuityException {
    boolean sameGeneration = cursor.salts() == to.salts();
    long from = sameGeneration ? cursor.frame() : 0;
    if (to.mxFrame() < from) {
      throw new LostContinuityException(
          "the WAL went back from frame %d to %d".formatted(from, to.mxFrame()));
    }
    CommitScan scan = new CommitScan(source, to, from);
    if (to.mxFrame() > from) {
      if (!PageSize.isValid(to.pageSize())) {
        throw new LostContinuityException(
            "the wal-index has page size %d".formatted(to.pageSize()));
      }
      scan.verifyFrames(from == 0 ? scan.headerChecksum() : cursor.frameChecksum());
    }
    scan.settleCount(cursor, sameGeneration);
    return scan;
  }

  List<Commit> commits() {
    return commits;
  }

  PageSize pageSize() {
    return new PageSize(to.pageSize());
  }

  /// The cursor after commit `i`.
  CaptureCursor cursorAfter(int i) {
    long changes = to.iChange() - (commits.size() - 1 - i) & 0xFFFF_FFFFL;
    Commit commit = commits.get(i);
    return new CaptureCursor(to.salts(), commit.last(), commit.checksum(), changes);
  }

  /// The cursor after all of it.
  CaptureCursor end() {
    return new CaptureCursor(to.salts(), to.mxFrame(), to.frameChecksum(), to.iChange());
  }

  /// The pages of commit `i`; once for each.
  WalPages pages(int i) throws IOException {
    Commit commit = commits.get(i);
    frames.expect(commit.first(), commit.last());
    return pages(commit.first(), commit.last(), commit.pages());
  }

  /// The pages that all frames together leave in a database of `pages` pages; once, instead of
  /// those of single commits.
  WalPages allPages(long pages) {
    return pages(from + 1, to.mxFrame(), pages);
  }

  private WalPages pages(long first, long last, long pages) {
    int begin = (int) (first - from - 1);
    return new WalPages(frames, pageSize(), pages, entries, begin, (int) (last - from));
  }

  private long headerChecksum() throws IOException, LostContinuityException {
    byte[] bytes = new byte[WalFormat.HEADER_BYTES];
    if (source.readWal(0, bytes, 0, bytes.length) < bytes.length) {
      throw new LostContinuityException("the WAL file ends in its header");
    }
    try {
      WalHeader header = WalHeader.decode(bytes, 0);
      if (header.salts() != to.salts() || header.pageSize() != to.pageSize()) {
        throw new LostContinuityException("the WAL header is not the one that the wal-index names");
      }
      return header.checksum();
    } catch (CorruptWalException e) {
      throw new LostContinuityException("the WAL header is damaged: " + e.getMessage());
    }
  }

  private void verifyFrames(long seed) throws IOException, LostContinuityException {
    long sum = seed;
    long first = from + 1;
    int count;
    for (long frame = from + 1; frame <= to.mxFrame(); frame += count) {
      count = load(frame);
      for (int i = 0; i < count; i++) {
        int at = i * frames.frameBytes();
        WalFrameHeader header = WalFrameHeader.decode(frames.window(), at);
        sum = WalChecksum.frame(sum, frames.window(), at, to.pageSize(), to.checksumOrder());
        if (header.salts() != to.salts() || header.checksum() != sum || header.pgno() == 0) {
          throw new LostContinuityException("frame %d is not of this WAL".formatted(frame + i));
        }
        // No memory for many frames before the first of them turned out to be one.
        if (entries.size() == 0) {
          entries = new LongList(expectedFrames());
        }
        entries.add(WalPages.entry(header.pgno(), frame + i));
        if (header.commit() != 0) {
          commits.add(new Commit(first, frame + i, sum, header.commit()));
          first = frame + i + 1;
        }
      }
    }
    if (sum != to.frameChecksum() || first != to.mxFrame() + 1) {
      throw new LostContinuityException("the frames do not end where the wal-index says");
    }
  }

  private int load(long frame) throws IOException, LostContinuityException {
    try {
      return frames.load(frame);
    } catch (EOFException e) {
      throw new LostContinuityException(String.valueOf(e.getMessage()));
    }
  }

  /// Compares commit marks with SQLite's count. More marks than transactions: a writer without
  /// power-safe overwrite pads to the sector by repeating its last frame with its mark. Fewer: only
  /// a recovered wal-index, which counts from 0 again, may explain it, and only within one
  /// generation, where the chain alone is proof.
  private void settleCount(CaptureCursor cursor, boolean sameGeneration)
      throws IOException, LostContinuityException {
    if (cursor.changes() == CaptureCursor.CHANGES_UNKNOWN) {
      return;
    }
    long counted = to.iChange() - cursor.changes() & 0xFFFF_FFFFL;
    if (commits.size() > counted) {
      dropPadding(commits.size() - (int) counted);
    }
    if (commits.size() != counted && !sameGeneration) {
      throw new LostContinuityException(
          "SQLite counts %d transactions, the WAL holds %d".formatted(counted, commits.size()));
    }
  }

  private void dropPadding(int surplus) throws IOException {
    int left = surplus;
    for (int i = commits.size() - 1; i > 0 && left > 0; i--) {
      Commit before = commits.get(i - 1);
      Commit commit = commits.get(i);
      if (commit.first() == commit.last()
          && commit.pages() == before.pages()
          && pgnoOf(commit.last()) == pgnoOf(before.last())
          && Arrays.equals(image(commit.last()), image(before.last()))) {
        commits.set(
            i - 1, new Commit(before.first(), commit.last(), commit.checksum(), commit.pages()));
        commits.remove(i);
        left--;
      }
    }
  }

  private long pgnoOf(long frame) {
    return entries.get((int) (frame - from - 1)) >>> 32;
  }

  private byte[] image(long frame) throws IOException {
    byte[] page = new byte[to.pageSize()];
    frames.page(frame, page);
    return page;
  }
}
