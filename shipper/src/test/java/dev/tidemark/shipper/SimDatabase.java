package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointResult;
import dev.tidemark.sqlite.DatabaseHeader;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
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
  private static final int PIN_TRIES = 5;
  private static final int WAL_VERSION = 2;
  private static final int ROLLBACK_VERSION = 1;
  private static final int CONNECTIONS = 2;

  /// Where the application is when it is killed.
  enum Crash {
    IDLE,
    /// Some pages of a transaction were spilled to the log.
    SPILLED,
    /// All frames of a commit are written, the header is not.
    UNPUBLISHED,
    /// Between the two copies of the header.
    HEADER,
    CHECKPOINT
  }

  private final LongSupplier millis;
  private final RandomGenerator random;
  private final List<SimLog.Connection> connections = new ArrayList<>();
  private final List<Integer> reads = new ArrayList<>();
  private final SimHistory history;
  private int pageSize;
  private long nextIno = 100;
  private Optional<SimHostFile> database = Optional.empty();
  private Optional<SimHostFile> wal = Optional.empty();
  // The files while somebody is connected, so that the wal-index counts.
  private Optional<SimLog> live = Optional.empty();
  private Optional<SimSource> source = Optional.empty();
  private Optional<SimLog.Mode> waiting = Optional.empty();
  private long waitingSince;
  private int refused;
  private boolean open;

  /// A machine without a database file. `millis` is its clock.
  SimDatabase(int pageSize, LongSupplier millis, RandomGenerator random) {
    this(pageSize, millis, random, new SimHistory());
  }

  private SimDatabase(
      int pageSize, LongSupplier millis, RandomGenerator random, SimHistory history) {
    this.pageSize = pageSize;
    this.millis = millis;
    this.random = random;
    this.history = history;
  }

  Path path() {
    return PATH;
  }

  int pageSize() {
    return pageSize;
  }

  /// All committed states.
  SimHistory history() {
    return history;
  }

  boolean isOpen() {
    return open;
  }

  boolean exists() {
    return database.isPresent();
  }

  boolean isWal() {
    return version() == WAL_VERSION;
  }

  private int version() {
    return database.filter(f -> f.size() > 0).map(f -> (int) f.bytes(18, 1)[0]).orElse(0);
  }

  byte[] databaseBytes() {
    return database.map(SimHostFile::bytes).orElseGet(() -> new byte[0]);
  }

  byte[] walBytes() {
    return wal.map(SimHostFile::bytes).orElseGet(() -> new byte[0]);
  }

  /// The wal-index, while somebody is connected.
  Optional<SimShm> shm() {
    return live.map(SimLog::shm);
  }

  // The application.

  /// The application opens the database; an empty file if there is none.
  void open() {
    if (!open) {
      open = true;
      connections.clear();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(new SimLog.Connection());
      }
      if (database.isEmpty()) {
        database = Optional.of(newFile());
      }
      connect(connections.getFirst());
    }
  }

  private SimHostFile newFile() {
    return new SimHostFile(nextIno++, millis.getAsLong());
  }

  /// The first to connect rebuilds the wal-index; so does whoever finds it torn.
  private void connect(SimLog.Connection by) {
    if (!isWal()) {
      return;
    }
    boolean first = live.isEmpty();
    if (first) {
      wal = wal.or(() -> Optional.of(newFile()));
      live = Optional.of(log(wal.get()));
    }
    SimLog log = live.orElseThrow();
    if (first || log.shm().isTorn()) {
      log.recover(by);
      recovered(log);
    }
  }

  private SimLog log(SimHostFile itsWal) {
    return new SimLog(database.orElseThrow(), itsWal, new SimShm(), pageSize, millis, random);
  }

  private void recovered(SimLog log) {
    var header = log.shm().header();
    history.recovered(pageSize, log.image(), header.salts(), header.mxFrame());
  }

  /// Closes as applications do. The last one to do so empties the log and removes it.
  void close() {
    if (!open) {
      return;
    }
    if (isWal()) {
      connect(connections.getFirst());
    }
    leave();
    closeLast();
  }

  private void leave() {
    waiting = Optional.empty();
    live.ifPresent(log -> log.shm().endReaders());
    reads.clear();
    open = false;
  }

  /// If nobody is connected any more, somebody closed in good order.
  private void closeLast() {
    if (!open && live.isPresent() && !isAttached()) {
      SimLog log = live.get();
      if (log.shm().nBackfill() < log.shm().header().mxFrame()) {
        log.backfill(log.shm().header().mxFrame(), Integer.MAX_VALUE);
      }
      live = Optional.empty();
      wal = Optional.empty();
    }
  }

  /// Commits a random transaction. Empty: a waiting checkpoint keeps the writers out.
  Optional<SimState> commit() {
    requireOpen();
    if (waiting.isPresent()) {
      return Optional.empty();
    }
    if (!isWal()) {
      return Optional.of(writeInPlace(SimCommit.random(pages(), random)));
    }
    SimLog.Connection by = connection();
    connect(by);
    SimLog log = live.orElseThrow();
    log.beginWrite(by);
    SimCommit change = SimCommit.random(pages(), random);
    int size = change.after().size();
    SimLog.Tail tail = log.append(by, log.end(), change.writes(), size);
    log.publish(tail, size);
    return Optional.of(history.add(pageSize, change.after(), tail.salts(), tail.frame()));
  }

  private List<byte[]> pages() {
    return history.current().orElseThrow().pages();
  }

  private SimLog.Connection connection() {
    return connections.get(random.nextInt(connections.size()));
  }

  private SimState writeInPlace(SimCommit change) {
    SimHostFile file = database.orElseThrow();
    for (SimCommit.Write write : change.writes()) {
      file.write((write.pgno() - 1L) * pageSize, write.page(), millis.getAsLong());
    }
    file.truncate(change.after().size() * pageSize, millis.getAsLong());
    file.sync();
    return history.add(pageSize, change.after(), 0, 0);
  }

  /// A transaction that spills pages to the log, and is rolled back.
  void rollBack() {
    requireOpen();
    if (waiting.isEmpty() && isWal()) {
      write(0);
    }
  }

  /// Frames beyond the committed ones; with `commit`, those of a whole commit.
  private SimCommit write(int commit) {
    SimLog.Connection by = connection();
    connect(by);
    SimLog log = live.orElseThrow();
    log.beginWrite(by);
    SimCommit change = SimCommit.random(pages(), random);
    log.append(by, log.end(), change.writes(), commit * change.after().size());
    return change;
  }

  /// The application is killed.
  void crash(Crash at) {
    requireOpen();
    if (waiting.isEmpty() && isWal()) {
      connect(connections.getFirst());
      crashing(at, live.orElseThrow());
    }
    leave();
    forgetIndex();
  }

  private void crashing(Crash at, SimLog log) {
    switch (at) {
      case IDLE -> {}
      case SPILLED -> write(0);
      case UNPUBLISHED -> history.failed(write(1).after());
      case HEADER -> {
        history.failed(write(1).after());
        log.shm().tear();
      }
      case CHECKPOINT -> {
        if (log.shm().canLock(0) && log.shm().nBackfill() < log.shm().header().mxFrame()) {
          long safe = log.safeFrame();
          if (safe > log.shm().nBackfill()) {
            log.backfill(safe, random.nextInt(6));
          }
        }
      }
    }
  }

  /// Nobody is connected any more, and nobody closed: the log stays.
  private void forgetIndex() {
    if (!open && !isAttached()) {
      live = Optional.empty();
    }
  }

  /// Begins a read transaction that stays.
  void beginRead() {
    requireOpen();
    if (isWal() && reads.size() < 3) {
      connect(connections.getFirst());
      reads.add(live.orElseThrow().shm().beginRead());
    }
  }

  void endReads() {
    live.ifPresent(log -> reads.forEach(slot -> log.shm().endRead(slot)));
    reads.clear();
  }

  /// A checkpoint that waits for nobody.
  CheckpointResult checkpoint(SimLog.Mode mode) {
    requireOpen();
    if (!isWal() || waiting.isPresent()) {
      return new CheckpointResult(waiting.isPresent(), -1, -1);
    }
    SimLog.Connection by = connection();
    connect(by);
    CheckpointResult result = live.orElseThrow().checkpoint(by, mode);
    if (mode != SimLog.Mode.PASSIVE && reads.isEmpty()) {
      refused = result.busy() ? refused + 1 : 0;
    }
    return result;
  }

  /// How many checkpoints in a row were refused though no reader was in the way: what the pin does
  /// to the application.
  int refusedInARow() {
    return refused;
  }

  /// Begins a checkpoint that waits, and keeps the writers out meanwhile. True if it is over.
  boolean waitFor(SimLog.Mode mode) {
    requireOpen();
    if (waiting.isPresent() || !isWal()) {
      return false;
    }
    connect(connections.getFirst());
    waiting = Optional.of(mode);
    waitingSince = millis.getAsLong();
    return retry();
  }

  /// What the busy handler does again and again. True if the checkpoint is over.
  boolean retry() {
    if (waiting.isPresent()) {
      SimLog log = live.orElseThrow();
      SimLog.Mode mode = waiting.get();
      if (!log.wouldWait(SimLog.Mode.FULL)) {
        log.checkpoint(connections.getFirst(), SimLog.Mode.FULL);
      }
      if (!log.wouldWait(mode)) {
        waiting = Optional.empty();
        checkpoint(mode);
      }
    }
    return waiting.isEmpty();
  }

  /// Since when a checkpoint waits, if one does.
  Optional<Long> waitingSince() {
    return waiting.map(_ -> waitingSince);
  }

  /// Its busy timeout is over.
  CheckpointResult giveUp() {
    SimLog.Mode mode = waiting.orElse(SimLog.Mode.PASSIVE);
    waiting = Optional.empty();
    return checkpoint(mode);
  }

  /// Switches to WAL, or back to a rollback journal. False: somebody else has the database open.
  boolean journalMode(boolean toWal) {
    requireOpen();
    if (database.orElseThrow().size() == 0) {
      int version = toWal ? WAL_VERSION : ROLLBACK_VERSION;
      writeInPlace(SimCommit.create(pageSize, version, random));
      connect(connections.getFirst());
      return true;
    }
    if (isWal() == toWal) {
      return true;
    }
    if (isAttached() || waiting.isPresent() || !reads.isEmpty()) {
      return false;
    }
    if (!toWal) {
      close();
      open = true;
    }
    writeInPlace(SimCommit.version(pages(), toWal ? WAL_VERSION : ROLLBACK_VERSION));
    connect(connections.getFirst());
    return true;
  }

  /// VACUUM into another page size, which needs a rollback journal. False as [#journalMode].
  boolean changePageSize(int bytes) {
    if (!journalMode(false)) {
      return false;
    }
    pageSize = bytes;
    writeInPlace(SimCommit.vacuum(bytes, random));
    return journalMode(true);
  }

  // The machine.

  /// A person stops the application, removes the log, and puts an older copy in place of the
  /// database: into the same file, or as another one.
  void replace(SimState older, boolean inPlace) {
    if (!history.isPresent(older)) {
      throw new IllegalArgumentException("never was a state of this line: " + older.number());
    }
    close();
    unlinkLog();
    pageSize = older.pageSize();
    SimHostFile file = inPlace ? database.orElseThrow() : newFile();
    file.truncate(0, millis.getAsLong());
    file.write(0, older.image(), millis.getAsLong());
    file.sync();
    database = Optional.of(file);
    history.backTo(older);
  }

  /// Somebody writes to the database file who is not SQLite.
  void flip(long offset) {
    SimHostFile file = database.orElseThrow();
    byte[] changed = file.bytes(offset, 1);
    changed[0] ^= 1;
    file.write(offset, changed, millis.getAsLong());
  }

  /// The application is stopped, and the files are removed.
  void delete() {
    close();
    unlinkLog();
    database = Optional.empty();
    history.gone();
  }

  private void unlinkLog() {
    live = Optional.empty();
    wal = Optional.empty();
  }

  /// The machine stops, and starts again. Nobody is connected then; recovery is up to who connects
  /// next, but the history knows already what it will find.
  void losePower() {
    source.ifPresent(SimSource::kill);
    leave();
    live = Optional.empty();
    database.ifPresent(file -> file.losePower(random));
    wal.ifPresent(file -> file.losePower(random));
    if (isWal()) {
      SimLog found = log(wal.orElseGet(() -> new SimHostFile(0, 0)));
      found.recover(new SimLog.Connection());
      recovered(found);
    }
  }

  /// Another machine with a copy of this one's disk, as a volume snapshot makes it: nobody is
  /// connected there.
  SimDatabase copy(RandomGenerator itsRandom) {
    SimDatabase copy = new SimDatabase(pageSize, millis, itsRandom, history.copy());
    copy.nextIno = nextIno;
    copy.database = database.map(SimHostFile::copy);
    copy.wal = wal.map(SimHostFile::copy);
    return copy;
  }

  // The source.

  /// Attaches as [dev.tidemark.sqlite.SourceDatabase#open] does.
  SimSource openSource() throws IOException, UnsuitableDatabaseException {
    if (source.isPresent()) {
      throw new IllegalStateException("somebody is attached");
    }
    if (database.isEmpty()) {
      throw new NoSuchFileException(PATH.toString());
    }
    byte[] header = new byte[DatabaseHeader.BYTES];
    int length = database.get().read(0, header, 0, header.length);
    DatabaseHeader.decodeWal(header, length, PATH);
    SimLog.Connection by = new SimLog.Connection();
    connect(by);
    SimLog log = live.orElseThrow();
    SimPin pin = new SimPin(log.shm());
    for (int i = 0; i < PIN_TRIES && !pin.holdUnused(); i++) {
      checkpointOn(log, by);
    }
    if (pin.state() == SimPin.State.RELEASED) {
      closeLast();
      throw new IOException(PATH + ": every reader slot is in use; try again");
    }
    SimSource opened = new SimSource(this, log, pin);
    source = Optional.of(opened);
    return opened;
  }

  void detached(SimSource old) {
    if (source.isPresent() && source.get() == old) {
      source = Optional.empty();
      forgetIndex();
    }
  }

  /// Whether these are the files that the names lead to.
  boolean isLive(SimLog files) {
    return live.isPresent() && live.get().shm() == files.shm();
  }

  private boolean isAttached() {
    return source.isPresent() && isLive(source.get().files());
  }

  /// A PASSIVE checkpoint by a connection that comes and goes.
  CheckpointResult checkpointByAnother() throws IOException {
    if (!isWal()) {
      throw new NoSuchFileException(PATH.toString());
    }
    SimLog.Connection by = new SimLog.Connection();
    connect(by);
    CheckpointResult result = checkpointOn(live.orElseThrow(), by);
    closeLast();
    return result;
  }

  private CheckpointResult checkpointOn(SimLog log, SimLog.Connection by) {
    return waiting.isPresent()
        ? new CheckpointResult(true, -1, -1)
        : log.checkpoint(by, SimLog.Mode.PASSIVE);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the application is not running");
    }
  }
}
