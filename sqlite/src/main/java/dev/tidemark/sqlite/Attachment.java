package dev.tidemark.sqlite;

import dev.tidemark.sqlite.UnsuitableDatabaseException.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/// The steps by which a [SourceDatabase] comes to be, in the only safe order: descriptors of our
/// own are opened before or while SQLite is connected, and none is closed before it disconnects.
final class Attachment {
  private static final int BUSY_MILLIS = 2_000;
  private static final int PIN_TRIES = 5;

  private final Path path;
  private final HostFiles files;
  private final Deque<RawFile> opened = new ArrayDeque<>();

  private Attachment(Path path, HostFiles files) {
    this.path = path;
    this.files = files;
  }

  static SourceDatabase attach(Path path, LockMode mode, HostFiles files)
      throws IOException, UnsuitableDatabaseException {
    var attachment = new Attachment(path, files);
    try {
      return attachment.run(mode);
    } catch (IOException | UnsuitableDatabaseException | RuntimeException e) {
      // SQLite is disconnected by now; the locks go with the descriptors.
      for (RawFile file : attachment.opened) {
        file.close();
      }
      throw e;
    }
  }

  private SourceDatabase run(LockMode mode) throws IOException, UnsuitableDatabaseException {
    files.requireUsable(path);
    RawFile database = open(path);
    int pageSize = suitableHeader(database).pageSize();
    try (SqlConnection connection = SqlConnection.open(path, BUSY_MILLIS)) {
      connection.read();
      RawFile wal = openBeside("-wal");
      RawFile shm = openBeside("-shm");
      WalIndex index = WalIndex.map(shm);
      WalPin pin =
          useOfd(mode, shm)
              ? ofdPin((NativeFile) database, (NativeFile) shm, index)
              : SqlPin.open(path, index, System::nanoTime);
      var source = new SourceDatabase(path, files, pageSize, database, wal, shm, index, pin);
      finish(connection, database, source);
      return source;
    }
  }

  private DatabaseHeader suitableHeader(RawFile database)
      throws IOException, UnsuitableDatabaseException {
    var bytes = new byte[DatabaseHeader.BYTES];
    int length = database.read(0, bytes, 0, bytes.length);
    return DatabaseHeader.decodeWal(bytes, length, path);
  }

  private void finish(SqlConnection connection, RawFile database, SourceDatabase source)
      throws IOException, UnsuitableDatabaseException {
    try {
      hold(connection, source.pin());
      suitableHeader(database);
      if (!source.stillSameFiles()) {
        throw new IOException(path + ": the files changed while attaching; try again");
      }
    } catch (IOException | UnsuitableDatabaseException | RuntimeException e) {
      if (source.pin() instanceof SqlPin sql) {
        sql.close();
      }
      throw e;
    }
  }

  /// The pin first: what was committed while nobody watched must not be reset away now. If no slot
  /// is free, a PASSIVE checkpoint sets the marks of idle ones back to unused.
  private void hold(SqlConnection connection, WalPin pin)
      throws IOException, UnsuitableDatabaseException {
    for (int i = 0; i < PIN_TRIES; i++) {
      if (pin.holdUnused()) {
        return;
      }
      connection.checkpointPassive();
    }
    throw new IOException(path + ": every reader slot is in use; try again");
  }

  private static WalPin ofdPin(NativeFile database, NativeFile shm, WalIndex index)
      throws IOException {
    var databaseLocks = new OfdLocks(database);
    var shmLocks = new OfdLocks(shm);
    // Our own connection holds both shared, so nobody can hold them exclusively.
    if (!shmLocks.tryShared(LockBytes.DMS) || !databaseLocks.tryShared(LockBytes.SHARED)) {
      throw new IOException(database.path() + ": another process is closing it; try again");
    }
    return new OfdPin(shmLocks, index);
  }

  private static boolean useOfd(LockMode mode, RawFile shm) throws IOException {
    boolean available = shm instanceof NativeFile file && OfdLocks.areAvailable(file);
    if (mode == LockMode.OFD && !available) {
      throw new IOException("this machine has no OFD locks; set TIDEMARK_LOCKS=sql");
    }
    return mode != LockMode.SQL && available;
  }

  private RawFile openBeside(String suffix) throws IOException, UnsuitableDatabaseException {
    Path beside = HostFiles.sibling(path, suffix);
    try {
      return open(beside);
    } catch (NoSuchFileException absent) {
      throw new UnsuitableDatabaseException(
          Reason.EXCLUSIVE_LOCKING,
          ("%s does not exist although the database is in WAL mode; the application must not use"
                  + " locking_mode=EXCLUSIVE while it is shipped")
              .formatted(beside));
    }
  }

  private RawFile open(Path file) throws IOException {
    RawFile raw = files.openReadOnly(file);
    opened.push(raw);
    return raw;
  }
}
