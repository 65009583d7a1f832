package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.DatabaseHeader;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A simulated database, opened for capture. It keeps the files that it opened, whatever the
/// application does to their names.
final class SimSource implements Source {
  private static final int PIN_TRIES = 5;

  private final SimDatabase machine;
  private final SimDatabaseFiles names;
  private final SimCheckpoints checkpoints;
  private final SimLog files;
  private final SimPin pin;
  private Optional<WalIndexHeader> seen = Optional.empty();
  private boolean ended;

  private SimSource(
      SimDatabase machine,
      SimDatabaseFiles names,
      SimCheckpoints checkpoints,
      SimLog files,
      SimPin pin) {
    this.machine = machine;
    this.names = names;
    this.checkpoints = checkpoints;
    this.files = files;
    this.pin = pin;
  }

  /// Attaches to what the names lead to.
  static SimSource open(SimDatabase machine, SimDatabaseFiles names, SimCheckpoints checkpoints)
      throws IOException, UnsuitableDatabaseException {
    Path path = machine.path();
    if (names.database().isEmpty()) {
      throw new NoSuchFileException(path.toString());
    }
    byte[] header = new byte[DatabaseHeader.BYTES];
    int length = names.database().get().read(0, header, 0, header.length);
    DatabaseHeader.decodeWal(header, length, path);
    SimLog.Connection by = new SimLog.Connection();
    SimLog files = names.connect(by);
    SimPin pin = new SimPin(files.shm());
    for (int i = 0; i < PIN_TRIES && !pin.holdUnused(); i++) {
      checkpoints.byAnother(files, by);
    }
    if (pin.state() == SimPin.State.RELEASED) {
      machine.closeLast();
      throw new IOException(path + ": every reader slot is in use; try again");
    }
    return new SimSource(machine, names, checkpoints, files, pin);
  }

  SimLog files() {
    return files;
  }

  @Override
  public Path path() {
    return machine.path();
  }

  @Override
  public int pageSize() {
    return files.pageSize();
  }

  @Override
  public SimPin pin() {
    return pin;
  }

  @Override
  public boolean changed() {
    requireAlive();
    WalIndexHeader now = files.shm().header();
    return files.shm().isTorn()
        || seen.isEmpty()
        || seen.get().iChange() != now.iChange()
        || seen.get().mxFrame() != now.mxFrame()
        || seen.get().salts() != now.salts();
  }

  @Override
  public Optional<WalIndexHeader> header() {
    requireAlive();
    seen = files.shm().readable();
    return seen;
  }

  @Override
  public long nBackfill() {
    return files.shm().nBackfill();
  }

  @Override
  public Optional<CheckpointInfo> checkpointInfo() {
    return Optional.of(files.shm().info());
  }

  @Override
  public int readWal(long offset, byte[] target, int from, int length) {
    requireAlive();
    return files.wal().read(offset, target, from, length);
  }

  @Override
  public int readDatabase(long offset, byte[] target, int from, int length) {
    requireAlive();
    return files.database().read(offset, target, from, length);
  }

  @Override
  public void syncWal() {
    requireAlive();
    files.wal().sync();
  }

  @Override
  public FileStat databaseStat() {
    requireAlive();
    return files.database().stat();
  }

  @Override
  public FileStat walStat() {
    requireAlive();
    return files.wal().stat();
  }

  @Override
  public boolean stillSameFiles() {
    requireAlive();
    return names.isLive(files);
  }

  @Override
  public boolean isOutOfReach() {
    requireAlive();
    return names.database().isEmpty() || names.wal().filter(it -> it == files.wal()).isEmpty();
  }

  @Override
  public CheckpointResult checkpointPassive() throws IOException {
    requireAlive();
    if (!names.isWal()) {
      throw new NoSuchFileException(path().toString());
    }
    // By a connection that comes and goes.
    SimLog.Connection by = new SimLog.Connection();
    CheckpointResult result = checkpoints.byAnother(names.connect(by), by);
    machine.closeLast();
    return result;
  }

  @Override
  public boolean checkpointerIsWaiting() {
    requireAlive();
    return names.isLive(files) && checkpoints.isWaiting();
  }

  @Override
  public void close() {
    end();
  }

  /// The process is gone, and its locks with it.
  void kill() {
    end();
  }

  private void end() {
    if (!ended) {
      ended = true;
      pin.release();
      machine.detached(this);
    }
  }

  private void requireAlive() {
    if (ended) {
      throw new IllegalStateException("closed or killed");
    }
  }
}
