package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A simulated database whose application does something before each single look at it, also
/// between two pages of one read.
final class BusySource implements Source {
  private final SimSource source;
  private final Runnable application;
  private boolean busy;

  BusySource(SimSource source, Runnable application) {
    this.source = source;
    this.application = application;
  }

  void busy(boolean now) {
    busy = now;
  }

  private void act() {
    if (busy) {
      application.run();
    }
  }

  @Override
  public Path path() {
    return source.path();
  }

  @Override
  public int pageSize() {
    return source.pageSize();
  }

  @Override
  public WalPin pin() {
    return source.pin();
  }

  @Override
  public boolean changed() {
    act();
    return source.changed();
  }

  @Override
  public Optional<WalIndexHeader> header() {
    act();
    return source.header();
  }

  @Override
  public long nBackfill() {
    act();
    return source.nBackfill();
  }

  @Override
  public Optional<CheckpointInfo> checkpointInfo() {
    act();
    return source.checkpointInfo();
  }

  @Override
  public int readWal(long offset, byte[] target, int from, int length) {
    act();
    return source.readWal(offset, target, from, length);
  }

  @Override
  public int readDatabase(long offset, byte[] target, int from, int length) {
    int done = 0;
    while (done < length) {
      act();
      int wanted = Math.min(source.pageSize(), length - done);
      int got = source.readDatabase(offset + done, target, from + done, wanted);
      done += got;
      if (got < wanted) {
        break;
      }
    }
    return done;
  }

  @Override
  public void syncWal() {
    source.syncWal();
  }

  @Override
  public FileStat databaseStat() {
    return source.databaseStat();
  }

  @Override
  public FileStat walStat() {
    return source.walStat();
  }

  @Override
  public boolean stillSameFiles() {
    return source.stillSameFiles();
  }

  @Override
  public CheckpointResult checkpointPassive() throws IOException {
    return source.checkpointPassive();
  }

  @Override
  public boolean checkpointerIsWaiting() {
    return source.checkpointerIsWaiting();
  }

  @Override
  public void close() {
    source.close();
  }
}
