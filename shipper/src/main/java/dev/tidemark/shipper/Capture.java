package dev.tidemark.shipper;

import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes commits from a live database into the spool, each as a transaction of its own. One thread
/// at a time.
final class Capture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
  private static final int HEADER_TRIES = 10_000;

  /// How long a checkpoint is waited for that may begin with the next commit, and then for its end.
  private static final long CHECKPOINT_START_NANOS = 200_000L;

  private static final long CHECKPOINT_NANOS = 10_000_000L;

  /// A stamp is trusted only if the file was left alone for longer than a file system's clock
  /// ticks.
  private static final long STAMP_AGE_NANOS = 100_000_000L;

  private final Source source;
  private final Spool spool;
  private final StateFiles files;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final CommitTimes times;
  private final WalView wal;
  private final Pinning pinning;
  private final OwnCheckpoint checkpoints = new OwnCheckpoint();
  private final Runnable comparing;
  private final Overrun overrun;
  // Batches taken from the WAL, and those of them that are durable in it.
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong syncedBatches = new AtomicLong();
  private volatile boolean closed;
  private long comparisons;

  /// `comparing` hears of each comparison of the whole database.
  Capture(
      Source source,
      Spool spool,
      StateFiles files,
      Context context,
      CommitTimes times,
      Runnable comparing,
      Overrun overrun) {
    this.source = source;
    this.spool = spool;
    this.files = files;
    this.clock = context.clock();
    this.nanos = context.nanos();
    this.times = times;
    this.comparing = comparing;
    this.overrun = overrun;
    this.wal = new WalView(source, spool, times, clock);
    this.pinning = new Pinning(source, wal);
  }

  Source source() {
    return source;
  }

  WalView wal() {
    return wal;
  }

  Pinning pinning() {
    return pinning;
  }

  /// Goes on from where the spool ends: with the WAL if it still continues that, else with the
  /// difference.
  void reconcile() throws IOException {
    FileStamp known = spool.table().head().map(PageTable.Head::stamp).orElse(FileStamp.UNKNOWN);
    Optional<PageTable.Head> record = spool.table().head();
    if (record.isEmpty()) {
      resync("the database is new here");
    } else {
      Optional<CaptureCursor> goesOn =
          new Continuity(source, record.get(), known, spool.cursor(), stableHeader()).goesOnFrom();
      if (goesOn.isPresent()) {
        spool.moveCursor(goesOn.get());
      } else {
        resync("the database changed while it was not watched");
      }
    }
    // Only now: what is on record must never name a file whose content was not compared yet.
    spool.stamp(FileStamp.identity(source.databaseStat()));
    capture();
    syncWal();
  }

  /// Takes everything that is committed now into the spool. Neither that nor the WAL is synced yet:
  /// see [#syncWal]. False if it cannot be told yet what is committed.
  boolean capture() throws IOException {
    pinning.moveOn();
    Optional<WalIndexHeader> header = wal.read();
    if (header.isEmpty()) {
      return false;
    }
    if (wal.isAllCaptured()) {
      pinning.settle(header.get());
      return true;
    }
    try {
      if (!take(header.get())) {
        return false;
      }
    } catch (LostContinuityException e) {
      resync(String.valueOf(e.getMessage()));
    }
    // Before the pin moves: from then on the application may reset what was captured.
    spool.flush();
    pinning.captured(header.get());
    return true;
  }

  /// The files have lost their names: takes what was committed to them until now, durably, as far
  /// as the WAL proves it. Compares nothing: what they do not tell is found where the names lead.
  /// True if that is all.
  boolean captureLast() throws IOException {
    WalIndexHeader header = stableHeader();
    boolean held = source.pin().state() != WalPin.State.RELEASED && pinning.blockResets();
    if (wal.isAllCaptured()) {
      return true;
    }
    if (!held) {
      return false;
    }
    boolean all = false;
    try {
      all = take(header);
    } catch (LostContinuityException e) {
      LOG.warn("{}: what was committed last cannot be told: {}", source.path(), e.getMessage());
    }
    spool.flush();
    syncWal();
    spool.sync();
    return all;
  }

  /// False if the spool became full before the end.
  private boolean take(WalIndexHeader header) throws IOException, LostContinuityException {
    batches.incrementAndGet();
    CommitScan scan = CommitScan.read(source, spool.cursor(), header);
    if (!append(scan)) {
      return false;
    }
    spool.moveCursor(scan.end());
    return true;
  }

  private boolean append(CommitScan scan) throws IOException, LostContinuityException {
    long now = clock.millis();
    for (int i = 0; i < scan.commits().size(); i++) {
      if (i > 0 && overrun.isFull(spool.bytes())) {
        return false;
      }
      CommitScan.Commit commit = scan.commits().get(i);
      CaptureCursor cursor = scan.cursorAfter(i);
      spool.append(
          new TransactionDraft(
              TransactionDraft.Kind.COMMIT,
              times.of(cursor.salts(), commit.last(), now),
              scan.pageSize(),
              commit.pages(),
              scan.pages(i),
              commit.first(),
              commit.last() - commit.first() + 1,
              cursor));
    }
    return true;
  }

  /// Checkpoints if nobody else does.
  void checkpointIfNeeded(long now) throws IOException {
    if (wal.latest().isPresent()
        && checkpoints.isDue(now, wal.bytes(), source.nBackfill(), wal.frames())) {
      source.checkpointPassive();
    }
  }

  private Resync.Difference resync(String why) throws IOException {
    comparing.run();
    LOG.info("{}: comparing the whole database: {}", source.path(), why);
    Resync.Difference difference =
        new Resync(source, spool, files, () -> times.monotone(clock.millis()), this::stableHeader)
            .run();
    comparisons++;
    return difference;
  }

  /// How often the whole database was compared, and the difference taken.
  long comparisons() {
    return comparisons;
  }

  /// Something else is in the database than what was captured: takes the difference, durably.
  Resync.Difference repair(String why) throws IOException {
    pinning.moveOn();
    Resync.Difference difference = resync(why);
    syncWal();
    spool.sync();
    return difference;
  }

  /// Makes durable what was read from the WAL; before the spool is, and before anything is shipped.
  /// Any thread, but not during [#close]; after it, there is nothing to sync.
  void syncWal() throws IOException {
    long read = batches.get();
    if (syncedBatches.get() < read && !closed) {
      source.syncWal();
      syncedBatches.accumulateAndGet(read, Math::max);
    }
  }

  /// Swaps the pin if everything captured is backfilled. While a checkpoint is under way, stays for
  /// that moment and captures what is committed meanwhile: a writer that never pauses leaves some
  /// microseconds between a checkpoint and its next commit.
  ///
  /// So nothing is synced here; the caller syncs the spool after. A power cut in between loses no
  /// data, since the checkpoint has synced the database, but the positions of single commits: none
  /// of them was reported, and a resync makes one transaction of them.
  void swapPin(boolean patiently) throws IOException {
    long until = nanos.getAsLong() + (patiently ? CHECKPOINT_START_NANOS : 0);
    boolean underWay = false;
    while (!pinning.allowReset()) {
      if (nanos.getAsLong() >= until) {
        if (!patiently || underWay || !pinning.checkpointIsUnderWay()) {
          return;
        }
        underWay = true;
        until += CHECKPOINT_NANOS;
      }
      if (!wal.observe()) {
        Thread.onSpinWait();
      } else if (!capture()) {
        return;
      }
    }
  }

  /// Records what the file looks like, if that tells whether it was written to later.
  void stampIfQuiet() throws IOException {
    Optional<PageTable.Head> head = spool.table().head();
    boolean backfilled = wal.isAllCaptured() && wal.isBackfilled();
    if (head.isEmpty() || head.get().stamp().hasTimes() || !backfilled) {
      return;
    }
    FileStat stat = source.databaseStat();
    if (clock.millis() * 1_000_000L - stat.mtimeNanos() > STAMP_AGE_NANOS) {
      spool.stamp(FileStamp.of(stat));
    }
  }

  private WalIndexHeader stableHeader() throws IOException {
    for (int i = 0; i < HEADER_TRIES; i++) {
      Optional<WalIndexHeader> header = wal.read();
      if (header.isPresent()) {
        return header.get();
      }
      Thread.onSpinWait();
    }
    throw new IOException(
        source.path() + ": the wal-index cannot be read; is a writer stopped in mid-commit?");
  }

  @Override
  public void close() throws IOException {
    closed = true;
    source.close();
  }
}
