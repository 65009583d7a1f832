package dev.tidemark.shipper;

import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes commits from a live database into the spool, each as a transaction of its own, and moves
/// the pin so that the application is never in its way. One thread at a time.
final class Capture implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
  private static final int HEADER_TRIES = 10_000;

  /// A stamp is trusted only if the file was left alone for longer than a file system's clock
  /// ticks.
  private static final long STAMP_AGE_NANOS = 100_000_000L;

  private final Source source;
  private final Spool spool;
  private final StateFiles files;
  private final InstantSource clock;
  private final CommitTimes times;
  private Optional<WalIndexHeader> latest = Optional.empty();
  private final OwnCheckpoint checkpoints = new OwnCheckpoint();
  private final Runnable comparing;
  private final Overrun overrun;
  private boolean walSynced;
  private boolean pinIsCurrent = true;

  /// `comparing` hears of each comparison of the whole database.
  Capture(
      Source source,
      Spool spool,
      StateFiles files,
      InstantSource clock,
      CommitTimes times,
      Runnable comparing,
      Overrun overrun) {
    this.source = source;
    this.spool = spool;
    this.files = files;
    this.clock = clock;
    this.times = times;
    this.comparing = comparing;
    this.overrun = overrun;
  }

  Source source() {
    return source;
  }

  /// Looks at the wal-index; true if there is something committed that is not captured. Cheap when
  /// nothing changed.
  boolean observe() {
    if (source.changed()) {
      Optional<WalIndexHeader> header = source.header();
      header.ifPresent(now -> {
        latest = header;
        times.saw(now.salts(), now.mxFrame(), clock.millis());
      });
    }
    return latest.isPresent() && !isCaptured(latest.get());
  }

  private boolean isCaptured(WalIndexHeader header) {
    CaptureCursor cursor = spool.cursor();
    return header.salts() == cursor.salts() && header.mxFrame() == cursor.frame();
  }

  /// Bytes committed to the WAL and not captured.
  long backlogBytes() {
    if (latest.isEmpty()) {
      return 0;
    }
    CaptureCursor cursor = spool.cursor();
    long from = latest.get().salts() == cursor.salts() ? cursor.frame() : 0;
    return (latest.get().mxFrame() - from) * WalFormat.frameBytes(source.pageSize());
  }

  /// Bytes of the WAL in use.
  long walBytes() {
    long frames = latest.map(WalIndexHeader::mxFrame).orElse(0L);
    return frames == 0 ? 0 : WalFormat.frameOffset(frames + 1, source.pageSize());
  }

  /// Whether a checkpoint has come, or is about to come, as far as the last commit: then the sooner
  /// the pin is swapped, the less the application's next commits cost it.
  boolean checkpointIsNear() {
    return latest.isPresent()
        && latest.get().mxFrame() > 0
        && source.pin().state() == WalPin.State.NO_RESET
        && source
            .checkpointInfo()
            .map(CheckpointInfo::nBackfillAttempted)
            .filter(attempted -> attempted >= latest.get().mxFrame())
            .isPresent();
  }

  /// Whether the pin can be swapped at once. With an empty WAL too: whoever restarts or truncates
  /// one waits for the other slots all the same, and keeps the writers waiting with it.
  boolean canAllowReset() {
    return latest.isPresent()
        && source.pin().state() == WalPin.State.NO_RESET
        && isCaptured(latest.get())
        && source.nBackfill() == latest.get().mxFrame();
  }

  /// Whether the pin still stands where nothing can be backfilled, although something was
  /// committed: no other slot was free when that was captured. Must be tried again even if nothing
  /// more comes, for a checkpoint may be waiting, and keep the application's writers waiting with
  /// it.
  boolean pinStallsCheckpoints() {
    return latest.isPresent()
        && source.nBackfill() < latest.get().mxFrame()
        && (source.pin().state() == WalPin.State.ONE_RESET || !pinIsCurrent);
  }

  /// Whether the pin has to be looked after although nothing else is to be done.
  boolean pinIsDue() {
    return pinStallsCheckpoints() || pinWantsRefresh();
  }

  private boolean pinWantsRefresh() {
    return latest.isPresent() && isCaptured(latest.get()) && source.pin().wantsRefresh();
  }

  /// Takes the pin to where checkpoints can go on.
  void movePinOn() throws IOException {
    if (observe() || pinStallsCheckpoints()) {
      blockResets();
    }
    if (pinWantsRefresh()) {
      pinIsCurrent = source.pin().refresh(latest.orElseThrow());
    }
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
    movePinOn();
    Optional<WalIndexHeader> header = source.header();
    if (header.isEmpty()) {
      return false;
    }
    latest = header;
    if (isCaptured(header.get())) {
      pinIsCurrent = pinIsCurrent || source.pin().refresh(header.get());
      return true;
    }
    walSynced = false;
    try {
      CommitScan scan = CommitScan.read(source, spool.cursor(), header.get());
      if (!append(scan)) {
        return false;
      }
      spool.moveCursor(scan.end());
    } catch (LostContinuityException e) {
      resync(String.valueOf(e.getMessage()));
    }
    pinIsCurrent = source.pin().refresh(header.get());
    return true;
  }

  /// False if the spool became full before the end.
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

  /// Lets go of the pin: from now on the application may reset what is not captured.
  void dropPin(long walCapBytes) throws IOException {
    LOG.warn(
        "{}: the WAL has reached its cap of {} bytes and nothing can be captured; letting it go."
            + " What is committed until there is room again becomes one transaction",
        source.path(),
        walCapBytes);
    source.pin().release();
  }

  /// Checkpoints if nobody else does.
  void checkpointIfNeeded(long now) throws IOException {
    if (latest.isPresent()
        && checkpoints.isDue(now, walBytes(), source.nBackfill(), latest.get().mxFrame())) {
      source.checkpointPassive();
    }
  }

  /// Takes the pin again after it had to be dropped, and closes the gap. False if no pin is to be
  /// had yet.
  boolean recoverFromOverrun() throws IOException {
    if (!source.pin().holdUnused()) {
      source.checkpointPassive();
      if (!source.pin().holdUnused()) {
        return false;
      }
    }
    reconcile();
    return true;
  }

  private void resync(String why) throws IOException {
    comparing.run();
    LOG.info("{}: comparing the whole database: {}", source.path(), why);
    new Resync(source, spool, files, () -> times.monotone(clock.millis()), this::stableHeader)
        .run();
  }

  /// Holds back resets again after the one that was allowed. Until then the application cannot
  /// checkpoint either, so do it at the first commit; an empty WAL has nothing to hold. False if it
  /// could not be done.
  boolean blockResets() {
    if (latest.isPresent() && latest.get().mxFrame() == 0) {
      return true;
    }
    try {
      return source.pin().state() != WalPin.State.ONE_RESET || source.pin().blockResets();
    } catch (IOException e) {
      LOG.debug("{}: {}", source.path(), e.getMessage());
      return false;
    }
  }

  /// Makes durable what was read from the WAL; before the spool is, and before anything is shipped.
  void syncWal() throws IOException {
    if (!walSynced) {
      source.syncWal();
      walSynced = true;
    }
  }

  /// Swaps the pin if everything captured is backfilled, so that the application's next commit may
  /// reset the WAL. While a checkpoint is nearly there, stays for a moment and captures what is
  /// committed meanwhile: a writer that never pauses leaves some microseconds between a checkpoint
  /// and its next commit, and pays for a checkpoint at each commit until one is met.
  ///
  /// So nothing is synced here; the caller syncs the spool right after. A power cut in between
  /// loses no data, since the checkpoint has synced the database, but the positions of single
  /// commits: none of them was reported, and a resync makes one transaction of them.
  void settlePin(long patienceNanos) throws IOException {
    long until = System.nanoTime() + patienceNanos;
    while (!canAllowReset() || !source.pin().allowOneReset(latest.orElseThrow())) {
      if (System.nanoTime() >= until) {
        return;
      }
      if (!observe()) {
        Thread.onSpinWait();
      } else if (!capture()) {
        return;
      }
    }
  }

  /// Records what the file looks like, if that tells whether it was written to later.
  void stampIfQuiet() throws IOException {
    Optional<PageTable.Head> head = spool.table().head();
    boolean backfilled =
        latest.isPresent()
            && isCaptured(latest.get())
            && source.nBackfill() == latest.get().mxFrame();
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
      Optional<WalIndexHeader> header = source.header();
      if (header.isPresent()) {
        latest = header;
        return header.get();
      }
      Thread.onSpinWait();
    }
    throw new IOException(
        source.path() + ": the wal-index cannot be read; is a writer stopped in mid-commit?");
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
