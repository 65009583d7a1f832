package dev.tidemark.cli;

import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.restore.LivePages;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.SourceDatabase;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The pages of a live database as committed when it was opened: the newest in the WAL, the others
/// in the file. The WAL is held meanwhile, so what is committed afterwards shows there.
final class LiveDatabase implements LivePages, AutoCloseable {
  private static final int LOOKS_MAX = 200;
  private static final long LOOK_NANOS = 5_000_000;

  private final Source source;
  private final WalIndexHeader header;
  private final PageSize pageSize;
  private final Map<Long, Long> newestFrames = new HashMap<>();
  private final long pages;
  private final byte[] page;
  private final BitSet written = new BitSet();
  private final BitSet leftOut = new BitSet();
  private long followed;
  private long fewestPages;

  private LiveDatabase(Source source, WalIndexHeader header) throws IOException {
    this.source = source;
    this.header = header;
    this.pageSize = new PageSize(source.pageSize());
    this.page = new byte[source.pageSize()];
    this.pages =
        header.mxFrame() > 0 ? header.nPage() : source.databaseStat().size() / pageSize.bytes();
    this.followed = header.mxFrame();
    this.fewestPages = Long.MAX_VALUE;
  }

  static LiveDatabase open(Path path) throws IOException, UnsuitableDatabaseException {
    Source source = SourceDatabase.open(path, LockMode.AUTO);
    try {
      LiveDatabase live = new LiveDatabase(source, settledHeader(source));
      live.readFrames();
      return live;
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  /// A commit that is just being published makes the header unreadable for a moment, recovery for
  /// longer.
  private static WalIndexHeader settledHeader(Source source) throws IOException {
    for (int look = 1; look <= LOOKS_MAX; look++) {
      Optional<WalIndexHeader> header = source.header();
      if (header.isPresent()) {
        return header.get();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IOException(source.path() + ": is being recovered; try again");
  }

  private void readFrames() throws IOException {
    for (long frame = 1; frame <= header.mxFrame(); frame++) {
      newestFrames.put(frame(frame).pgno(), frame);
    }
  }

  private WalFrameHeader frame(long frame) throws IOException {
    byte[] bytes = new byte[WalFormat.FRAME_HEADER_BYTES];
    long offset = WalFormat.frameOffset(frame, pageSize.bytes());
    if (source.readWal(offset, bytes, 0, bytes.length) < bytes.length) {
      throw new IOException(source.path() + ": its WAL is shorter than its index says");
    }
    return WalFrameHeader.decode(bytes, 0);
  }

  @Override
  public boolean wasWritten(long pgno) throws IOException {
    follow();
    boolean moved = written.get(Math.toIntExact(pgno)) || pgno > fewestPages;
    leftOut.set((int) pgno, moved);
    return moved;
  }

  /// Notes what was committed since. A commit that is being published now is noted the next time;
  /// nothing of it can be in the log yet.
  private void follow() throws IOException {
    Optional<WalIndexHeader> now = source.header();
    if (now.isEmpty()) {
      return;
    }
    if (now.get().salts() != header.salts() && header.mxFrame() > 0) {
      throw new IOException(
          source.path() + ": its WAL began anew while it was compared; try again");
    }
    for (; followed < now.get().mxFrame(); followed++) {
      WalFrameHeader frame = frame(followed + 1);
      written.set(Math.toIntExact(frame.pgno()));
      if (frame.isCommit()) {
        fewestPages = Math.min(fewestPages, frame.commit());
      }
    }
  }

  /// How many pages were not compared, since they were written or dropped meanwhile.
  int leftOut() {
    return leftOut.cardinality();
  }

  @Override
  public long pages() {
    return pages;
  }

  @Override
  public long checksum(long pgno) throws IOException {
    if (pageSize.isLockPage(pgno)) {
      return 0;
    }
    Long frame = newestFrames.get(pgno);
    int read =
        frame == null
            ? source.readDatabase(pageSize.offsetOf(pgno), page, 0, page.length)
            : source.readWal(WalFormat.pageOffset(frame, pageSize.bytes()), page, 0, page.length);
    // The file may have been cut after a commit that dropped the page, or else behind SQLite's
    // back.
    return read < page.length ? 0 : PageChecksum.of(pgno, page, 0, page.length);
  }

  /// Whether anything was committed since it was opened.
  boolean hasMoved() {
    return source.header().map(now -> now.transactionsSince(header) != 0).orElse(true);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
