package dev.tidemark.sqlite;

import dev.tidemark.ltx.PageSize;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Commits whole transactions, given as pages, to a WAL database that other processes read with
/// stock SQLite. Readers see each transaction at once or not at all, and never wait.
///
/// Linux only: it stands on OFD locks. As with [SourceDatabase], nothing else in this process may
/// open and close the database or its `-shm`, save SQLite connections. One thread at a time.
///
/// After a crash between the last frame and the header, recovery finds the whole transaction in the
/// log and counts it: what was being committed may be committed, never a part of it.
public final class ReplicaWal implements AutoCloseable {
  private static final int BUSY_MILLIS = 2_000;

  private final Path path;
  private final int pageSize;
  private final List<NativeFile> files;
  private final NativeFile wal;
  private final OfdLocks shmLocks;
  private final WalIndex index;
  private final WalIndexWriter writer;
  private final RandomGenerator random;
  private final byte[] held;
  private Optional<Transaction> open = Optional.empty();

  /// What is between begin and commit. The last page is held back, since only the last frame
  /// carries the commit size.
  private record Transaction(WalIndexHeader before, WalAppender appender, long heldPgno) {}

  private ReplicaWal(
      Path path, int pageSize, List<NativeFile> files, WalIndex index, RandomGenerator random) {
    this.path = path;
    this.pageSize = pageSize;
    this.files = files;
    this.wal = files.get(1);
    this.shmLocks = new OfdLocks(files.get(2));
    this.index = index;
    this.writer = new WalIndexWriter(files.get(2));
    this.random = random;
    this.held = new byte[pageSize];
  }

  /// Opens an existing database in WAL mode. `random` makes the salts of new logs.
  public static ReplicaWal open(Path database, RandomGenerator random)
      throws IOException, UnsuitableDatabaseException {
    Path path = database.toRealPath();
    HostFiles.ofThisMachine().requireUsable(path);
    List<NativeFile> files = new ArrayList<>();
    try {
      return attach(path, files, random);
    } catch (IOException | UnsuitableDatabaseException | RuntimeException e) {
      closeAll(files);
      throw e;
    }
  }

  private static ReplicaWal attach(Path path, List<NativeFile> files, RandomGenerator random)
      throws IOException, UnsuitableDatabaseException {
    NativeFile database = NativeFile.openReadWrite(path);
    files.add(database);
    var bytes = new byte[DatabaseHeader.BYTES];
    int length = database.read(0, bytes, 0, bytes.length);
    int pageSize = DatabaseHeader.decodeWal(bytes, length, path).pageSize();
    try (SqlConnection connection = SqlConnection.open(path, BUSY_MILLIS)) {
      connection.read();
      files.add(NativeFile.openReadWrite(HostFiles.sibling(path, "-wal")));
      NativeFile shm = NativeFile.openReadWrite(HostFiles.sibling(path, "-shm"));
      files.add(shm);
      if (!new OfdLocks(shm).tryShared(LockBytes.DMS)
          || !new OfdLocks(database).tryShared(LockBytes.SHARED)) {
        throw new IOException(path + ": another process is closing it; try again");
      }
      return new ReplicaWal(path, pageSize, files, WalIndex.map(shm), random);
    }
  }

  public int pageSize() {
    return pageSize;
  }

  /// What readers see now; empty while it cannot be told.
  public Optional<WalIndexHeader> header() {
    return index.header();
  }

  public long nBackfill() {
    return index.nBackfill();
  }

  /// Begins a transaction. False: somebody else is writing or recovering at this moment.
  public boolean tryBegin() throws IOException {
    requireNoTransaction();
    if (!shmLocks.tryExclusive(LockBytes.WRITE)) {
      return false;
    }
    try {
      Optional<WalIndexHeader> before = index.header();
      if (before.isPresent()) {
        writer.dropAfter(before.get().mxFrame());
        WalAppender appender = appender(before.get());
        open = Optional.of(new Transaction(before.get(), appender, 0));
      }
      return open.isPresent();
    } finally {
      if (open.isEmpty()) {
        shmLocks.unlock(LockBytes.WRITE);
      }
    }
  }

  private WalAppender appender(WalIndexHeader before) throws IOException {
    if (before.mxFrame() > 0) {
      return WalAppender.resume(wal, before);
    }
    WalHeader header = WalHeader.of(ByteOrder.nativeOrder(), pageSize, 0, random.nextLong());
    return WalAppender.start(wal, header, true);
  }

  /// Adds a page to the transaction; the last one put for a page number counts.
  public void put(long pgno, byte[] page, int from) throws IOException {
    Transaction transaction = transaction();
    if (pgno < 1 || new PageSize(pageSize).isLockPage(pgno)) {
      throw new IllegalArgumentException("page " + pgno + " carries no data");
    }
    append(transaction, 0);
    System.arraycopy(page, from, held, 0, pageSize);
    open = Optional.of(new Transaction(transaction.before(), transaction.appender(), pgno));
  }

  private void append(Transaction transaction, long commit) throws IOException {
    if (transaction.heldPgno() != 0) {
      long frame = transaction.appender().append(transaction.heldPgno(), held, 0, commit);
      writer.put(frame, transaction.heldPgno());
    }
  }

  /// Ends the transaction; the database has `pages` pages from now on. With `sync` it is durable
  /// before any reader sees it. When this or [#put] fails, roll back.
  public void commit(long pages, boolean sync) throws IOException {
    Transaction transaction = transaction();
    if (transaction.heldPgno() == 0) {
      throw new IllegalStateException("the transaction has no pages");
    }
    WalAppender appender = transaction.appender();
    append(transaction, pages);
    appender.flush();
    if (sync) {
      wal.dataSync();
    }
    writer.publish(
        new WalIndexHeader(
            (transaction.before().iChange() + 1) & 0xFFFF_FFFFL,
            appender.checksumOrder() == ByteOrder.BIG_ENDIAN,
            pageSize,
            appender.lastFrame(),
            pages,
            appender.checksum(),
            appender.salts()));
    end();
  }

  /// Drops the transaction. Frames written already stay in the file and count for nobody.
  public void rollback() throws IOException {
    writer.dropAfter(transaction().before().mxFrame());
    end();
  }

  private void end() throws IOException {
    open = Optional.empty();
    shmLocks.unlock(LockBytes.WRITE);
  }

  /// A PASSIVE checkpoint by a short-lived connection.
  public CheckpointResult checkpointPassive() throws IOException {
    try (SqlConnection connection = SqlConnection.open(path, 0)) {
      return connection.checkpointPassive();
    } catch (UnsuitableDatabaseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Lets the log begin anew when all of it is backfilled and no reader uses it. True when the log
  /// is empty afterwards.
  ///
  /// SQLite's own reset does not take CKPT; with it, no checkpoint of an older version can be
  /// between its look at the header and its first write while the log changes under it.
  public boolean tryReset() throws IOException {
    requireNoTransaction();
    if (!shmLocks.tryExclusive(LockBytes.WRITE)) {
      return false;
    }
    try {
      Optional<WalIndexHeader> header = index.header();
      if (header.filter(h -> h.mxFrame() == 0).isPresent()) {
        return true;
      }
      boolean backfilled = header.filter(h -> h.mxFrame() == index.nBackfill()).isPresent();
      return backfilled && shmLocks.tryExclusive(LockBytes.CKPT) && resetUnlessRead(header.get());
    } finally {
      shmLocks.unlock(LockBytes.CKPT);
      shmLocks.unlock(LockBytes.WRITE);
    }
  }

  private boolean resetUnlessRead(WalIndexHeader header) throws IOException {
    if (!shmLocks.tryExclusive(LockBytes.READERS)) {
      return false;
    }
    try {
      long salt1 = (header.salts() >>> 32) + 1;
      long salts = salt1 << 32 | Integer.toUnsignedLong(random.nextInt());
      writer.publishReset(
          new WalIndexHeader(
              header.iChange(),
              header.bigEndianChecksum(),
              header.pageSize(),
              0,
              header.nPage(),
              header.frameChecksum(),
              salts));
      return true;
    } finally {
      shmLocks.unlock(LockBytes.READERS);
    }
  }

  private Transaction transaction() {
    return open.orElseThrow(() -> new IllegalStateException("no transaction has begun"));
  }

  private void requireNoTransaction() {
    if (open.isPresent()) {
      throw new IllegalStateException("a transaction is open");
    }
  }

  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      rollback();
    }
    Collections.reverse(files);
    closeAll(files);
    files.clear();
  }

  private static void closeAll(List<NativeFile> files) throws IOException {
    for (NativeFile file : files) {
      file.close();
    }
  }
}
