package dev.tidemark.shipper;

import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalChecksum;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A WAL with what the wal-index says of it, as one input: the fields of the index's header, where
/// capturing stood, the size that the file system tells, and the file itself.
final class FuzzedWal {
  private static final int I_CHANGE = 0;
  private static final int BIG_ENDIAN = 4;
  private static final int PAGE_SIZE = 8;
  private static final int MX_FRAME = 12;
  private static final int N_PAGE = 16;
  private static final int FRAME_SUM = 20;
  private static final int SALTS = 28;
  private static final int CURSOR = 36;
  private static final int FILE_SIZE = 68;
  private static final int WAL = 76;

  private final ByteBuffer in;
  private final byte[] wal;

  private FuzzedWal(byte[] input) {
    in = ByteBuffer.wrap(Arrays.copyOf(input, Math.max(input.length, WAL)));
    wal = Arrays.copyOfRange(in.array(), WAL, in.array().length);
  }

  static FuzzTarget target(byte[] wal, WalIndexHeader header) {
    byte[] sound = input(wal, header);
    byte[] huge = sound.clone();
    // A sparse file of a tebibyte, and an index that speaks of more frames than memory has room
    // for.
    ByteBuffer.wrap(huge).putInt(MX_FRAME, Integer.MAX_VALUE).putLong(FILE_SIZE, 1L << 40);
    return FuzzTarget.of("wal", List.of(sound, huge, high(sound)), FuzzedWal::parse)
        .mending(FuzzedWal::mend);
  }

  /// The first page of each transaction is followed by pages beyond 2^31.
  private static byte[] high(byte[] sound) {
    byte[] input = sound.clone();
    FuzzedWal fuzzed = new FuzzedWal(input);
    WalIndexHeader header = fuzzed.header();
    ByteBuffer out = ByteBuffer.wrap(input);
    for (long frame = 1; frame <= header.mxFrame(); frame++) {
      int at = WAL + (int) WalFormat.frameOffset(frame, header.pageSize());
      int pgno = out.getInt(at);
      int commit = out.getInt(at + 4);
      out.putInt(at, pgno == 1 ? pgno : pgno | Integer.MIN_VALUE);
      out.putInt(at + 4, commit == 0 ? 0 : commit | Integer.MIN_VALUE);
    }
    return mend(input);
  }

  private static byte[] input(byte[] wal, WalIndexHeader header) {
    ByteBuffer out = ByteBuffer.allocate(WAL + wal.length);
    out.putInt((int) header.iChange()).putInt(header.bigEndianChecksum() ? 1 : 0);
    out.putInt(header.pageSize()).putInt((int) header.mxFrame()).putInt((int) header.nPage());
    out.putLong(header.frameChecksum()).putLong(header.salts());
    out.putLong(header.salts()).putLong(0).putLong(0).putLong(CaptureCursor.CHANGES_UNKNOWN);
    out.putLong(wal.length).put(wal);
    return out.array();
  }

  private static void parse(byte[] input) throws IOException {
    new FuzzedWal(input).scan();
  }

  private void scan() throws IOException {
    CaptureCursor cursor =
        new CaptureCursor(
            in.getLong(CURSOR),
            in.getLong(CURSOR + 8) & Long.MAX_VALUE,
            in.getLong(CURSOR + 16),
            in.getLong(CURSOR + 24));
    try {
      CommitScan scan = CommitScan.read(new Bytes(), cursor, header());
      byte[] page = new byte[Math.max(512, header().pageSize())];
      for (int i = 0; i < scan.commits().size(); i++) {
        read(scan.pages(i), page);
        scan.cursorAfter(i);
      }
      scan.end();
    } catch (LostContinuityException _) {
      // Refused.
    }
  }

  private static void read(WalPages pages, byte[] page) throws IOException {
    PageSet.Cursor cursor = pages.open();
    long count = 0;
    long before = 0;
    for (long pgno = cursor.next(); pgno != 0; pgno = cursor.next()) {
      if (pgno <= before) {
        throw new AssertionError("page %d after page %d".formatted(pgno, before));
      }
      cursor.read(page);
      before = pgno;
      count++;
    }
    if (count != pages.count()) {
      throw new AssertionError("%d pages of %d".formatted(count, pages.count()));
    }
  }

  private int pageSize() {
    int stored = in.getInt(PAGE_SIZE);
    return (stored & 0xFE00) + (stored & 0x1_0000);
  }

  private WalIndexHeader header() {
    return new WalIndexHeader(
        Integer.toUnsignedLong(in.getInt(I_CHANGE)),
        (in.getInt(BIG_ENDIAN) & 1) != 0,
        pageSize(),
        Integer.toUnsignedLong(in.getInt(MX_FRAME)),
        Integer.toUnsignedLong(in.getInt(N_PAGE)),
        in.getLong(FRAME_SUM),
        in.getLong(SALTS));
  }

  /// Header and frames get salts and checksums that follow from each other, up to the last frame
  /// that the index names and the file has.
  private static byte[] mend(byte[] input) {
    FuzzedWal fuzzed = new FuzzedWal(input);
    WalIndexHeader header = fuzzed.header();
    byte[] all = fuzzed.in.array();
    if (fuzzed.wal.length < WalFormat.HEADER_BYTES || header.pageSize() < 512) {
      return input;
    }
    ByteOrder order = header.checksumOrder();
    ByteBuffer out = fuzzed.in;
    out.putInt(WAL, 0x377F_0682 | (header.bigEndianChecksum() ? 1 : 0)).putInt(WAL + 4, 3_007_000);
    out.putInt(WAL + 8, header.pageSize()).putLong(WAL + 16, header.salts());
    long sum = WalChecksum.update(WalChecksum.SEED, all, WAL, 24, order);
    out.putLong(WAL + 24, sum);
    long frames =
        Math.min(header.mxFrame(), WalFormat.framesIn(fuzzed.wal.length, header.pageSize()));
    for (long frame = 1; frame <= frames; frame++) {
      int at = WAL + (int) WalFormat.frameOffset(frame, header.pageSize());
      sum = WalChecksum.frame(sum, all, at, header.pageSize(), order);
      out.putLong(at + 8, header.salts()).putLong(at + 16, sum);
    }
    out.putLong(FRAME_SUM, sum);
    return all;
  }

  /// The bytes as a source; only the WAL can be read.
  private final class Bytes implements Source {
    @Override
    public Path path() {
      return Path.of("app.db");
    }

    @Override
    public int pageSize() {
      return FuzzedWal.this.pageSize();
    }

    @Override
    public WalPin pin() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean changed() {
      return true;
    }

    @Override
    public Optional<WalIndexHeader> header() {
      return Optional.of(FuzzedWal.this.header());
    }

    @Override
    public long nBackfill() {
      return 0;
    }

    @Override
    public Optional<CheckpointInfo> checkpointInfo() {
      return Optional.empty();
    }

    @Override
    public int readWal(long offset, byte[] target, int from, int length) {
      int at = Math.clamp(offset, 0, wal.length);
      int count = Math.min(length, wal.length - at);
      System.arraycopy(wal, at, target, from, count);
      return count;
    }

    @Override
    public int readDatabase(long offset, byte[] target, int from, int length) {
      return 0;
    }

    @Override
    public void syncWal() {}

    @Override
    public FileStat databaseStat() {
      return new FileStat(1, 1, 0, 0, 0, 1, 0);
    }

    @Override
    public FileStat walStat() {
      return new FileStat(1, 2, in.getLong(FILE_SIZE) & Long.MAX_VALUE, 0, 0, 1, 0);
    }

    @Override
    public boolean stillSameFiles() {
      return true;
    }

    @Override
    public CheckpointResult checkpointPassive() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean checkpointerIsWaiting() {
      return false;
    }

    @Override
    public void close() {}
  }
}
