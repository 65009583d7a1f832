package dev.tidemark.shipper;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What the names of a simulated database lead to: its file, its WAL, and while somebody is
/// connected its wal-index; and all states that were ever committed there.
final class SimDatabaseFiles {
  private static final int WAL_VERSION = 2;
  private static final int ROLLBACK_VERSION = 1;

  private final LongSupplier millis;
  private final RandomGenerator random;
  private final SimHistory history;
  private int pageSize;
  private long nextIno = 100;
  private Optional<SimHostFile> database = Optional.empty();
  private Optional<SimHostFile> wal = Optional.empty();
  // The files while somebody is connected, so that the wal-index counts.
  private Optional<SimLog> live = Optional.empty();
  private Optional<Files> away = Optional.empty();

  /// What has other names for now.
  private record Files(Optional<SimHostFile> database, Optional<SimHostFile> wal) {}

  /// No file yet. `millis` is the clock of the machine.
  SimDatabaseFiles(int pageSize, LongSupplier millis, RandomGenerator random, SimHistory history) {
    this.pageSize = pageSize;
    this.millis = millis;
    this.random = random;
    this.history = history;
  }

  int pageSize() {
    return pageSize;
  }

  SimHistory history() {
    return history;
  }

  Optional<SimHostFile> database() {
    return database;
  }

  Optional<SimHostFile> wal() {
    return wal;
  }

  Optional<SimLog> live() {
    return live;
  }

  boolean isWal() {
    return database.filter(f -> f.size() > 0).map(f -> (int) f.bytes(18, 1)[0]).orElse(0)
        == WAL_VERSION;
  }

  /// An empty database, if there is none.
  void create() {
    if (database.isEmpty()) {
      database = Optional.of(newFile());
    }
  }

  private SimHostFile newFile() {
    return new SimHostFile(nextIno++, millis.getAsLong());
  }

  /// Connects to a database in WAL mode. The first to do so rebuilds the wal-index; so does whoever
  /// finds it torn.
  SimLog connect(SimLog.Connection by) {
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
    return log;
  }

  private SimLog log(SimHostFile itsWal) {
    return new SimLog(database.orElseThrow(), itsWal, new SimShm(), pageSize, millis, random);
  }

  private void recovered(SimLog log) {
    var header = log.shm().header();
    history.recovered(pageSize, log.image(), header.salts(), header.mxFrame());
  }

  /// Whether these are the files that the names lead to.
  boolean isLive(SimLog files) {
    return live.isPresent() && live.get().shm() == files.shm();
  }

  /// The last one closes in good order: empties the log and removes it.
  void closeLast() {
    if (live.isPresent()) {
      SimLog log = live.get();
      if (log.shm().nBackfill() < log.shm().header().mxFrame()) {
        log.backfill(log.shm().header().mxFrame(), Integer.MAX_VALUE);
      }
      unlinkLog();
    }
  }

  /// Nobody is connected any more, and nobody closed: the log stays.
  void forgetIndex() {
    live = Optional.empty();
  }

  private void unlinkLog() {
    live = Optional.empty();
    wal = Optional.empty();
  }

  /// The pages of the database as it is.
  List<byte[]> pages() {
    return history.current().orElseThrow().pages();
  }

  /// Commits with a rollback journal.
  SimState writeInPlace(SimCommit change) {
    SimHostFile file = database.orElseThrow();
    for (SimCommit.Write write : change.writes()) {
      file.write((write.pgno() - 1L) * pageSize, write.page(), millis.getAsLong());
    }
    file.truncate(change.after().size() * pageSize, millis.getAsLong());
    file.sync();
    return history.add(pageSize, change.after(), 0, 0);
  }

  /// Commits the journal mode, as the first commit of an empty database or as another one.
  void journalMode(boolean toWal) {
    int version = toWal ? WAL_VERSION : ROLLBACK_VERSION;
    boolean empty = database.orElseThrow().size() == 0;
    writeInPlace(
        empty ? SimCommit.create(pageSize, version, random) : SimCommit.version(pages(), version));
  }

  /// VACUUM into another page size.
  void vacuum(int bytes) {
    pageSize = bytes;
    writeInPlace(SimCommit.vacuum(bytes, random));
  }

  /// Removes the log, and puts an older state in place of the database: into the same file, or as
  /// another one.
  void replace(SimState older, boolean inPlace) {
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

  void delete() {
    unlinkLog();
    database.ifPresent(SimHostFile::unlink);
    database = Optional.empty();
    history.gone();
  }

  void moveAway() {
    away = Optional.of(new Files(database, wal));
    unlinkLog();
    database = Optional.empty();
  }

  void moveBack() {
    database = away.orElseThrow().database();
    wal = away.orElseThrow().wal();
    away = Optional.empty();
  }

  /// The machine stops, and starts again. Recovery is up to who connects next, but the history
  /// knows already what it will find.
  void losePower() {
    live = Optional.empty();
    database.ifPresent(file -> file.losePower(random));
    wal.ifPresent(file -> file.losePower(random));
    if (isWal()) {
      SimLog found = log(wal.orElseGet(() -> new SimHostFile(0, 0)));
      found.recover(new SimLog.Connection());
      recovered(found);
    }
  }

  /// A copy of the disk: nobody is connected there.
  SimDatabaseFiles copy(LongSupplier itsMillis, RandomGenerator itsRandom) {
    SimDatabaseFiles copy = new SimDatabaseFiles(pageSize, itsMillis, itsRandom, history.copy());
    copy.nextIno = nextIno;
    copy.database = database.map(SimHostFile::copy);
    copy.wal = wal.map(SimHostFile::copy);
    return copy;
  }
}
