package dev.tidemark.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A live database in WAL mode, opened for capture.
///
/// While this is open, nothing else in this process may open and close the database or its `-shm`
/// by other means than SQLite connections, and only one of these may be open per database.
public final class SourceDatabase implements Source {
  private static final int CHECKPOINT_BUSY_MILLIS = 0;

  private final Path path;
  private final HostFiles files;
  private final int pageSize;
  private final RawFile database;
  private final RawFile wal;
  private final RawFile shm;
  private final WalIndex index;
  private final WalPin pin;
  private boolean closed;

  SourceDatabase(
      Path path,
      HostFiles files,
      int pageSize,
      RawFile database,
      RawFile wal,
      RawFile shm,
      WalIndex index,
      WalPin pin) {
    this.path = path;
    this.files = files;
    this.pageSize = pageSize;
    this.database = database;
    this.wal = wal;
    this.shm = shm;
    this.index = index;
    this.pin = pin;
  }

  /// Attaches to an existing database and holds its pin. Takes a few milliseconds on an idle
  /// database, and up to some seconds where another process recovers or closes at this moment.
  ///
  /// @throws UnsuitableDatabaseException when a person (or the application) has to do something
  /// @throws java.nio.file.NoSuchFileException when there is no file
  /// @throws IOException also when every reader slot is in use; trying again later makes sense
  public static SourceDatabase open(Path path, LockMode mode)
      throws IOException, UnsuitableDatabaseException {
    return Attachment.attach(path.toRealPath(), mode, HostFiles.ofThisMachine());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public int pageSize() {
    return pageSize;
  }

  @Override
  public WalPin pin() {
    return pin;
  }

  @Override
  public boolean changed() {
    return index.changed();
  }

  @Override
  public Optional<WalIndexHeader> header() {
    return index.header();
  }

  @Override
  public long nBackfill() {
    return index.nBackfill();
  }

  @Override
  public Optional<CheckpointInfo> checkpointInfo() {
    return index.checkpointInfo();
  }

  @Override
  public int readWal(long offset, byte[] target, int from, int length) throws IOException {
    return wal.read(offset, target, from, length);
  }

  @Override
  public int readDatabase(long offset, byte[] target, int from, int length) throws IOException {
    return database.read(offset, target, from, length);
  }

  @Override
  public void syncWal() throws IOException {
    wal.dataSync();
  }

  @Override
  public FileStat databaseStat() throws IOException {
    return database.stat();
  }

  @Override
  public FileStat walStat() throws IOException {
    return wal.stat();
  }

  @Override
  public boolean stillSameFiles() throws IOException {
    return isAt(path, database)
        && isAt(HostFiles.sibling(path, "-wal"), wal)
        && isAt(HostFiles.sibling(path, "-shm"), shm);
  }

  @Override
  public boolean isOutOfReach() throws IOException {
    return !isAt(HostFiles.sibling(path, "-wal"), wal) || files.stat(path).isEmpty();
  }

  private boolean isAt(Path at, RawFile file) throws IOException {
    Optional<FileStat> found = files.stat(at);
    return found.isPresent() && found.get().isSameFile(file.stat());
  }

  @Override
  public CheckpointResult checkpointPassive() throws IOException {
    try (SqlConnection connection = SqlConnection.open(path, CHECKPOINT_BUSY_MILLIS)) {
      return connection.checkpointPassive();
    } catch (UnsuitableDatabaseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean checkpointerIsWaiting() throws IOException {
    if (!(shm instanceof NativeFile file)) {
      return false;
    }
    var locks = new OfdLocks(file);
    return locks.exclusiveHolder(LockBytes.CKPT).isPresent()
        && locks.exclusiveHolder(LockBytes.WRITE).isPresent();
  }

  /// Lets go of the pin, then of the files: SQLite's connections always end first.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    closeAll(pin, List.of(shm, database, wal));
  }

  static void closeAll(WalPin pin, List<RawFile> files) throws IOException {
    try {
      if (pin instanceof SqlPin sql) {
        sql.close();
      } else {
        pin.release();
      }
    } finally {
      for (RawFile file : files) {
        file.close();
      }
    }
  }
}
