package dev.tidemark.shipper;

import dev.tidemark.fuzz.FuzzTarget;
import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.ltx.Crc64;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.MendedLtx;
import dev.tidemark.ltx.OpenObject;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import dev.tidemark.sqlite.SqliteTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// The parsers of a WAL under its index, and of the state folder.
public final class ShipperTargets {
  private static final int PREAMBLE = 56;
  private static final int HEAD = 128;
  private static final int HEAD_USED = 120;

  /// A table takes a mebibyte on a simulated disk, which copies.
  private static final long STATE_MAX = 64 << 20;

  private static final String LOG = SpoolLogs.FILES.getLast();
  private static final String SEGMENT = SpooledObject.fileName(Position.START);

  private ShipperTargets() {}

  public static List<FuzzTarget> all(SqliteTargets.RealFiles real) throws Exception {
    State state = State.written();
    return List.of(
        FuzzedWal.target(real.wal(), real.header()),
        FuzzTarget.of("local-record", List.of(record()), ShipperTargets::localRecord),
        FuzzTarget.of("page-table", List.of(state.table), ShipperTargets::pageTable)
            .mending(ShipperTargets::mendTable)
            .allocating(STATE_MAX),
        FuzzTarget.of(
                "spool-log",
                List.of(state.log, state.grown()),
                input -> recover(state.segment, input))
            .mending(ShipperTargets::mendLog)
            .allocating(STATE_MAX),
        FuzzTarget.of(
                "spooled-segment",
                List.of(OpenObject.open(state.segment)),
                input -> recover(OpenObject.close(input), state.log))
            .allocating(STATE_MAX));
  }

  /// What a spool leaves in its folder.
  private static final class State {
    private final byte[] table;
    private final byte[] log;
    private final byte[] segment;

    private State(byte[] table, byte[] log, byte[] segment) {
      this.table = table;
      this.log = log;
      this.segment = segment;
    }

    /// A log whose only transaction claims to be the last page of the largest database.
    byte[] grown() throws IOException {
      Position before = IndexFrame.decode(segment, segment.length).end();
      Txid txid = before.txid().next();
      LtxHeader header =
          LtxHeader.plain(new PageSize(512), 0xffff_ffffL, txid, txid, 1, before.checksum());
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      LtxWriter writer = new LtxWriter(file::write, header, PageEncoding.LITERAL, Scratch.heap());
      writer.page(0xffff_ffffL, new byte[512], 0);
      writer.finish(before.checksum());
      byte[] made = Arrays.copyOf(log, PREAMBLE + file.size());
      ByteBuffer.wrap(made).putLong(8, file.size()).put(PREAMBLE, file.toByteArray());
      return mendLog(made);
    }

    static State written() throws Exception {
      SimDisk disk = new SimDisk(1);
      SimFiles files = disk.open();
      Spool spool = SpoolModel.open(files, Position.START);
      SpoolModel model = new SpoolModel();
      SplittableRandom random = new SplittableRandom(2);
      // The first is a segment of its own, the others wait in a log.
      model.append(spool, random);
      for (int i = 0; i < 3; i++) {
        model.appendCommit(spool, random);
      }
      spool.sync();
      byte[] table = files.read(PageTable.FILE).orElseThrow();
      byte[] log = files.read(LOG).orElseThrow();
      byte[] segment = files.read(SEGMENT).orElseThrow();
      if (log.length == 0) {
        throw new AssertionError("the transactions wait in another log");
      }
      return new State(Arrays.copyOf(table, 1 << 10), log, segment);
    }
  }

  private static byte[] record() throws IOException {
    SimFiles files = new SimDisk(1).open();
    new LocalRecord(new Id128(1, 2), "file:///a\\b", Position.START, 3, List.of(new Id128(4, 5)))
        .write(files);
    return files.read(LocalRecord.FILE).orElseThrow();
  }

  private static void localRecord(byte[] input) throws IOException {
    SimFiles files = new SimDisk(1).open();
    files.replace(LocalRecord.FILE, input);
    try {
      Optional<LocalRecord> record = LocalRecord.read(files);
      record.orElseThrow().write(files);
      if (!LocalRecord.read(files).equals(record)) {
        throw new AssertionError("reads back as another record: " + record);
      }
    } catch (LocalRecord.UnreadableException _) {
      // Refused.
    }
  }

  private static SimFiles with(String name, byte[] content) throws IOException {
    SimFiles files = new SimDisk(1).open();
    try (StateFiles.Handle handle = files.open(name)) {
      handle.write(0, content, 0, content.length);
    }
    return files;
  }

  private static void pageTable(byte[] input) throws IOException {
    PageTable table = new PageTable(with(PageTable.FILE, input), PageTable.FILE);
    table.isConsistent();
    table.get(0xffff_ffffL);
    table.shrink(1, 0xffff_ffffL);
  }

  private static byte[] mendTable(byte[] input) {
    byte[] mended = Arrays.copyOf(input, Math.max(input.length, 2 * HEAD));
    ByteBuffer table = ByteBuffer.wrap(mended);
    for (int head = 0; head < 2 * HEAD; head += HEAD) {
      table.putLong(head + HEAD_USED, Crc64.update(0, mended, head, HEAD_USED));
    }
    return mended;
  }

  /// Recovers a spool of a segment and a log, and uses what was recovered.
  private static void recover(byte[] segment, byte[] log) throws IOException {
    SimFiles files = with(SEGMENT, segment);
    try (StateFiles.Handle handle = files.open(LOG)) {
      handle.write(0, log, 0, log.length);
    }
    try {
      Spool spool = SpoolModel.open(files, Position.START);
      Position described =
          spool.table().head().map(PageTable.Head::position).orElse(Position.START);
      if (!described.equals(spool.end())) {
        throw new AssertionError(
            "the table is of %s, the spool ends at %s".formatted(described, spool.end()));
      }
    } catch (CorruptLtxException e) {
      throw new AssertionError("damage in the spool is no failure", e);
    }
  }

  /// Each preamble gets the CRC of its bytes, each LTX file its checksums.
  private static byte[] mendLog(byte[] input) {
    byte[] mended = input.clone();
    ByteBuffer log = ByteBuffer.wrap(mended);
    int at = 0;
    while (at + PREAMBLE <= mended.length) {
      int used = PREAMBLE - Long.BYTES;
      log.putLong(at + used, Crc64.update(0, mended, at, used));
      long length = log.getLong(at + 8);
      int from = at + PREAMBLE;
      if (length <= 0 || length > mended.length - from) {
        break;
      }
      byte[] file = Arrays.copyOfRange(mended, from, from + (int) length);
      byte[] sound = MendedLtx.of(file);
      System.arraycopy(sound, 0, mended, from, Math.min(sound.length, file.length));
      at = from + (int) length;
    }
    return mended;
  }
}
