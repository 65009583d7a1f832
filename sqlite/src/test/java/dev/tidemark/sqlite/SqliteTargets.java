package dev.tidemark.sqlite;

import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The parsers of what SQLite writes: WAL header, wal-index, database header.
public final class SqliteTargets {
  private SqliteTargets() {}

  /// What SQLite leaves in the three files of a database while an application has it open.
  public static final class RealFiles {
    private final byte[] database;
    private final byte[] wal;
    private final byte[] shm;

    private RealFiles(byte[] database, byte[] wal, byte[] shm) {
      this.database = database;
      this.wal = wal;
      this.shm = shm;
    }

    /// `folder` is empty.
    public static RealFiles write(Path folder) throws IOException {
      Path file = folder.resolve("app.db");
      try (var app = SqliteProcess.open(file, "wal_autocheckpoint=0")) {
        app.exec("CREATE TABLE t(x)");
        app.exec("INSERT INTO t VALUES (randomblob(6000))");
        app.exec("DELETE FROM t");
        return new RealFiles(
            Files.readAllBytes(file),
            Files.readAllBytes(HostFiles.sibling(file, "-wal")),
            Files.readAllBytes(HostFiles.sibling(file, "-shm")));
      }
    }

    public byte[] wal() {
      return wal.clone();
    }

    public WalIndexHeader header() {
      return index(shm).header().orElseThrow();
    }
  }

  public static List<FuzzTarget> all(RealFiles real) {
    byte[] walHeader = Arrays.copyOf(real.wal, WalFormat.HEADER_BYTES);
    byte[] other = WalHeader.of(ByteOrder.BIG_ENDIAN, 65_536, 9, 0x0102_0304_0506_0708L).encode();
    byte[] database = Arrays.copyOf(real.database, DatabaseHeader.BYTES);
    return List.of(
        FuzzTarget.of("wal-header", List.of(walHeader, other), SqliteTargets::walHeader)
            .mending(SqliteTargets::mendWalHeader),
        FuzzTarget.of("wal-index", List.of(Arrays.copyOf(real.shm, 136)), SqliteTargets::walIndex)
            .mending(SqliteTargets::mendWalIndex),
        FuzzTarget.of("database-header", List.of(database), SqliteTargets::databaseHeader));
  }

  private static void walHeader(byte[] input) {
    try {
      WalHeader header = WalHeader.decode(input, 0);
      byte[] again = header.encode();
      if (!Arrays.equals(again, Arrays.copyOf(input, again.length))) {
        throw new AssertionError("the header is not what was read: " + header);
      }
    } catch (CorruptWalException _) {
      // Refused.
    }
  }

  private static byte[] mendWalHeader(byte[] input) {
    byte[] mended = Arrays.copyOf(input, WalFormat.HEADER_BYTES);
    ByteOrder order = (mended[3] & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    Bytes.putI32(mended, 0, WalHeader.MAGIC | (mended[3] & 1));
    Bytes.putI64(mended, 24, WalChecksum.update(WalChecksum.SEED, mended, 0, 24, order));
    return mended;
  }

  private static void walIndex(byte[] input) {
    WalIndex index = index(input);
    index.changed();
    index.peek();
    index.header();
    index.changed();
    index.nBackfill();
    index.checkpointInfo();
    index.isUnused(1);
  }

  private static WalIndex index(byte[] block) {
    MemorySegment map = Arena.ofAuto().allocate(WalIndexFormat.BLOCK_BYTES, 8);
    int length = Math.min(block.length, WalIndexFormat.BLOCK_BYTES);
    MemorySegment.copy(block, 0, map, ValueLayout.JAVA_BYTE, 0, length);
    return new WalIndex(map);
  }

  /// The second copy becomes as the first one, and both get their checksum.
  private static byte[] mendWalIndex(byte[] input) {
    int length = WalIndexFormat.COPY_BYTES;
    byte[] mended = Arrays.copyOf(input, Math.max(input.length, 2 * length));
    mended[WalIndexFormat.IS_INIT] = 1;
    long sum =
        WalChecksum.update(
            WalChecksum.SEED, mended, 0, WalIndexFormat.CKSUM, ByteOrder.nativeOrder());
    MemorySegment words = MemorySegment.ofArray(mended);
    words.set(ValueLayout.JAVA_INT_UNALIGNED, WalIndexFormat.CKSUM, (int) (sum >>> 32));
    words.set(ValueLayout.JAVA_INT_UNALIGNED, WalIndexFormat.CKSUM + 4, (int) sum);
    System.arraycopy(mended, 0, mended, length, length);
    return mended;
  }

  private static void databaseHeader(byte[] input) {
    int length = Math.min(input.length, DatabaseHeader.BYTES);
    try {
      DatabaseHeader.decodeWal(
          Arrays.copyOf(input, DatabaseHeader.BYTES), length, Path.of("app.db"));
    } catch (UnsuitableDatabaseException _) {
      // Refused.
    }
  }
}
