package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// A machine of memory with one SQLite database, and an application that does to it what
/// applications do, with `synchronous=NORMAL`. The same randomness and the same calls give the same
/// bytes.
///
/// Everything happens between two calls: nobody is ever seen in the middle of a commit, except who
/// was killed there.
final class SimDatabase {
  private static final Path PATH = Path.of("/sim/app.db");
  private static final int READS_MAX = 3;

  private final SimDatabaseFiles files;
  private final SimCheckpoints checkpoints;
  private final SimConnections connections;
  private final List<Integer> reads = new ArrayList<>();
  private Optional<SimSource> source = Optional.empty();
  private boolean open;

  /// A machine without a database file. `millis` is its clock.
  SimDatabase(int pageSize, LongSupplier millis, RandomGenerator random) {
    this(new SimDatabaseFiles(pageSize, millis, random, new SimHistory()), millis, random);
  }

  private SimDatabase(SimDatabaseFiles files, LongSupplier millis, RandomGenerator random) {
    this.files = files;
    this.connections = new SimConnections(files, random);
    this.checkpoints = new SimCheckpoints(files, millis);
  }

  Path path() {
    return PATH;
  }

  int pageSize() {
    return files.pageSize();
  }

  /// All committed states.
  SimHistory history() {
    return files.history();
  }

  boolean isOpen() {
    return open;
  }

  boolean exists() {
    return files.database().isPresent();
  }

  boolean isWal() {
    return files.isWal();
  }

  byte[] databaseBytes() {
    return files.database().map(SimHostFile::bytes).orElseGet(() -> new byte[0]);
  }

  byte[] walBytes() {
    return files.wal().map(SimHostFile::bytes).orElseGet(() -> new byte[0]);
  }

  // The application.

  /// The application opens the database; an empty file if there is none.
  void open() {
    if (!open) {
      open = true;
      connections.open();
      files.create();
      connectFirst();
    }
  }

  private void connectFirst() {
    if (isWal()) {
      files.connect(connections.first());
    }
  }

  /// Closes as applications do. The last one to do so empties the log and removes it.
  void close() {
    if (open) {
      connectFirst();
      leave();
      closeLast();
    }
  }

  private void leave() {
    checkpoints.end();
    files.live().ifPresent(log -> log.shm().endReaders());
    reads.clear();
    open = false;
  }

  /// If nobody is connected any more, somebody closed in good order.
  void closeLast() {
    if (!open && !isAttached()) {
      files.closeLast();
    }
  }

  /// Commits a random transaction. Empty: a waiting checkpoint keeps the writers out.
  Optional<SimState> commit() {
    requireOpen();
    if (checkpoints.isWaiting()) {
      return Optional.empty();
    }
    return Optional.of(connections.commit());
  }

  /// A transaction that spills pages to the log, and is rolled back.
  void rollBack() {
    requireOpen();
    if (!checkpoints.isWaiting() && isWal()) {
      connections.spill();
    }
  }

  /// The application is killed.
  void crash(SimCrash at) {
    requireOpen();
    if (!checkpoints.isWaiting() && isWal()) {
      connections.crash(at);
    }
    leave();
    if (!isAttached()) {
      files.forgetIndex();
    }
  }

  /// Begins a read transaction that stays.
  void beginRead() {
    requireOpen();
    if (isWal() && reads.size() < READS_MAX) {
      reads.add(files.connect(connections.first()).shm().beginRead());
    }
  }

  void endReads() {
    files.live().ifPresent(log -> reads.forEach(slot -> log.shm().endRead(slot)));
    reads.clear();
  }

  /// A checkpoint that waits for nobody.
  CheckpointResult checkpoint(SimLog.Mode mode) {
    requireOpen();
    return checkpoints.run(connections::any, mode, !reads.isEmpty());
  }

  /// How many checkpoints in a row were refused though no reader was in the way: what the pin does
  /// to the application.
  int refusedInARow() {
    return checkpoints.refusedInARow();
  }

  /// Begins a checkpoint that waits, and keeps the writers out meanwhile. True if it is over.
  boolean waitFor(SimLog.Mode mode) {
    requireOpen();
    if (checkpoints.isWaiting() || !isWal()) {
      return false;
    }
    connectFirst();
    checkpoints.await(mode);
    return retry();
  }

  /// What the busy handler does again and again. True if the checkpoint is over.
  boolean retry() {
    checkpoints.retry(connections::first).ifPresent(this::checkpoint);
    return !checkpoints.isWaiting();
  }

  /// Since when a checkpoint waits, if one does.
  Optional<Long> waitingSince() {
    return checkpoints.waitingSince();
  }

  /// Its busy timeout is over.
  CheckpointResult giveUp() {
    return checkpoint(checkpoints.end().orElse(SimLog.Mode.PASSIVE));
  }

  /// Switches to WAL, or back to a rollback journal. False: somebody else has the database open.
  boolean journalMode(boolean toWal) {
    requireOpen();
    boolean empty = files.database().orElseThrow().size() == 0;
    if (!empty && isWal() == toWal) {
      return true;
    }
    if (!empty && (isAttached() || checkpoints.isWaiting() || !reads.isEmpty())) {
      return false;
    }
    if (!empty && !toWal) {
      close();
      open = true;
    }
    files.journalMode(toWal);
    connectFirst();
    return true;
  }

  /// VACUUM into another page size, which needs a rollback journal. False as [#journalMode].
  boolean changePageSize(int bytes) {
    if (!journalMode(false)) {
      return false;
    }
    files.vacuum(bytes);
    return journalMode(true);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the application is not running");
    }
  }

  // The machine.

  /// A person stops the application, removes the log, and puts an older copy in place of the
  /// database: into the same file, or as another one.
  void replace(SimState older, boolean inPlace) {
    if (!history().isPresent(older)) {
      throw new IllegalArgumentException("never was a state of this line: " + older.number());
    }
    close();
    files.replace(older, inPlace);
  }

  /// Somebody writes to the database file who is not SQLite.
  void flip(long offset) {
    files.flip(offset);
  }

  /// The application is stopped, and the files are removed.
  void delete() {
    close();
    files.delete();
  }

  /// The application is stopped, and the files get other names.
  void moveAway() {
    close();
    files.moveAway();
  }

  /// Nobody has made others meanwhile.
  void moveBack() {
    files.moveBack();
  }

  /// The machine stops, and starts again; nobody is connected then.
  void losePower() {
    source.ifPresent(SimSource::kill);
    leave();
    files.losePower();
  }

  /// Another machine with a copy of this one's disk, as a volume snapshot makes it.
  SimDatabase copy(LongSupplier itsMillis, RandomGenerator itsRandom) {
    return new SimDatabase(files.copy(itsMillis, itsRandom), itsMillis, itsRandom);
  }

  /// Attaches as [dev.tidemark.sqlite.SourceDatabase#open] does.
  SimSource openSource() throws IOException, UnsuitableDatabaseException {
    if (source.isPresent()) {
      throw new IllegalStateException("somebody is attached");
    }
    SimSource opened = SimSource.open(this, files, checkpoints);
    source = Optional.of(opened);
    return opened;
  }

  void detached(SimSource old) {
    if (source.isPresent() && source.get() == old) {
      source = Optional.empty();
      if (!open) {
        files.forgetIndex();
      }
    }
  }

  private boolean isAttached() {
    return source.isPresent() && files.isLive(source.get().files());
  }
}
