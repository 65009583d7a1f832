package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads committed frames of a source the plain way, checks their chain, and keeps the image.
final class WalReading {
  private final Source source;
  private final int pageSize;
  private final SortedMap<Long, byte[]> pages = new TreeMap<>();
  private long frame;
  private long sum;
  private long databasePages;

  WalReading(Source source) {
    this.source = source;
    this.pageSize = source.pageSize();
  }

  /// One frame as read.
  static final class Frame {
    private final WalFrameHeader header;
    private final byte[] page;

    Frame(WalFrameHeader header, byte[] page) {
      this.header = header;
      this.page = page;
    }

    WalFrameHeader header() {
      return header;
    }

    byte[] page() {
      return page;
    }
  }

  /// Copies the database file without a transaction, then puts every frame committed by now on top:
  /// with resets blocked, each page that a checkpoint wrote meanwhile is in the log.
  WalIndexHeader attach() throws IOException, CorruptWalException {
    long size = source.databaseStat().size();
    for (long pgno = 1; pgno <= size / pageSize; pgno++) {
      var page = new byte[pageSize];
      source.readDatabase((pgno - 1) * pageSize, page, 0, pageSize);
      pages.put(pgno, page);
    }
    WalIndexHeader header = source.header().orElseThrow();
    begin(header);
    read(header);
    return header;
  }

  /// The log began anew: frames are read from the first on.
  void begin(WalIndexHeader header) throws IOException, CorruptWalException {
    frame = 0;
    if (header.mxFrame() > 0) {
      sum = walHeader().checksum();
    }
  }

  WalHeader walHeader() throws IOException, CorruptWalException {
    var bytes = new byte[WalFormat.HEADER_BYTES];
    source.readWal(0, bytes, 0, bytes.length);
    return WalHeader.decode(bytes, 0);
  }

  /// Reads on to `header` and answers what was read. Fails when the chain breaks.
  List<Frame> read(WalIndexHeader header) throws IOException {
    List<Frame> frames = new ArrayList<>();
    ByteOrder order = header.checksumOrder();
    var bytes = new byte[WalFormat.frameBytes(pageSize)];
    while (frame < header.mxFrame()) {
      frame++;
      source.readWal(WalFormat.frameOffset(frame, pageSize), bytes, 0, bytes.length);
      WalFrameHeader read = WalFrameHeader.decode(bytes, 0);
      sum = WalChecksum.frame(sum, bytes, 0, pageSize, order);
      if (read.checksum() != sum || read.salts() != header.salts()) {
        throw new AssertionError("chain breaks at frame " + frame + " of " + header);
      }
      byte[] page = Arrays.copyOfRange(bytes, WalFormat.FRAME_HEADER_BYTES, bytes.length);
      frames.add(new Frame(read, page));
      pages.put(read.pgno(), page);
    }
    if (header.mxFrame() > 0) {
      if (sum != header.frameChecksum()) {
        throw new AssertionError("sum is %016x at %s".formatted(sum, header));
      }
      databasePages = header.nPage();
    } else {
      databasePages = source.databaseStat().size() / pageSize;
    }
    return frames;
  }

  /// The image at the last header read.
  SqliteProcess.Image image() {
    var bytes = new byte[Math.toIntExact(databasePages * pageSize)];
    pages
        .headMap(databasePages + 1)
        .forEach((pgno, page) ->
            System.arraycopy(page, 0, bytes, (int) ((pgno - 1) * pageSize), pageSize));
    return new SqliteProcess.Image(SqliteChild.sha256(bytes), bytes.length);
  }

  static Path beside(Path database, String suffix) {
    return HostFiles.sibling(database, suffix);
  }
}
