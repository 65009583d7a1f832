package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A simulated database, opened for capture. It keeps the files that it opened, whatever the
/// application does to their names.
final class SimSource implements Source {
  private final SimDatabase machine;
  private final SimLog files;
  private final SimPin pin;
  private Optional<WalIndexHeader> seen = Optional.empty();
  private boolean ended;

  SimSource(SimDatabase machine, SimLog files, SimPin pin) {
    this.machine = machine;
    this.files = files;
    this.pin = pin;
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
    return machine.isLive(files);
  }

  @Override
  public CheckpointResult checkpointPassive() throws IOException {
    requireAlive();
    return machine.checkpointByAnother();
  }

  @Override
  public boolean checkpointerIsWaiting() {
    requireAlive();
    return machine.isLive(files) && machine.waitingSince().isPresent();
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
