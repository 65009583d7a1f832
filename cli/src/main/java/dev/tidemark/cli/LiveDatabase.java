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
import java.util.HashMap;
import java.util.Map;

/// The committed pages of a live database: the newest in the WAL, the others in the file. The WAL
/// is held meanwhile; what commits after opening is seen by [#hasMoved] only.
final class LiveDatabase implements LivePages, AutoCloseable {
  private final Source source;
  private final WalIndexHeader header;
  private final PageSize pageSize;
  private final Map<Long, Long> newestFrames = new HashMap<>();
  private final byte[] page;

  private LiveDatabase(Source source, WalIndexHeader header) {
    this.source = source;
    this.header = header;
    this.pageSize = new PageSize(source.pageSize());
    this.page = new byte[source.pageSize()];
  }

  static LiveDatabase open(Path path) throws IOException, UnsuitableDatabaseException {
    Source source = SourceDatabase.open(path, LockMode.AUTO);
    try {
      WalIndexHeader header =
          source
              .header()
              .orElseThrow(() -> new IOException(path + ": is being recovered; try again"));
      LiveDatabase live = new LiveDatabase(source, header);
      live.readFrames();
      return live;
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  private void readFrames() throws IOException {
    byte[] bytes = new byte[WalFormat.FRAME_HEADER_BYTES];
    for (long frame = 1; frame <= header.mxFrame(); frame++) {
      long offset = WalFormat.frameOffset(frame, pageSize.bytes());
      if (source.readWal(offset, bytes, 0, bytes.length) < bytes.length) {
        throw new IOException(source.path() + ": its WAL is shorter than its index says");
      }
      newestFrames.put(WalFrameHeader.decode(bytes, 0).pgno(), frame);
    }
  }

  @Override
  public long pages() throws IOException {
    return header.mxFrame() > 0 ? header.nPage() : source.databaseStat().size() / pageSize.bytes();
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
    if (read < page.length) {
      throw new IOException(source.path() + ": page " + pgno + " is cut short");
    }
    return PageChecksum.of(pgno, page, 0, page.length);
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
