package dev.tidemark.shipper;

import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.CheckpointInfo;
import dev.tidemark.sqlite.FileStat;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.WalFormat;
import dev.tidemark.sqlite.WalFrameHeader;
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
  private static final int RESYNC_TRIES = 5;

  /// A stamp is trusted only if the file was left alone for longer than a file system's clock
  /// ticks.
  private static final long STAMP_AGE_NANOS = 100_000_000L;

  private final Source source;
  private final Spool spool;
  private final StateFiles files;
  private final InstantSource clock;
  private final CommitTimes times;
  private Optional<WalIndexHeader> latest = Optional.empty();
  private long resyncs;

  Capture(Source source, Spool spool, StateFiles files, InstantSource clock, CommitTimes times) {
    this.source = source;
    this.spool = spool;
    this.files = files;
    this.clock = clock;
    this.times = times;
  }

  Source source() {
    return source;
  }

  /// How often the database had to be compared as a whole.
  long resyncs() {
    return resyncs;
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

  /// Whether the pin can be swapped at once.
  boolean canAllowReset() {
    return latest.isPresent()
        && latest.get().mxFrame() > 0
        && source.pin().state() == WalPin.State.NO_RESET
        && isCaptured(latest.get())
        && source.nBackfill() == latest.get().mxFrame();
  }

  /// Goes on from where the spool ends: with the WAL if it still continues that, else with the
  /// difference.
  void reconcile() throws IOException {
    FileStamp known = spool.table().head().map(PageTable.Head::stamp).orElse(FileStamp.UNKNOWN);
    spool.stamp(FileStamp.identity(source.databaseStat()));
    if (spool.table().head().isEmpty()) {
      resync("the database is new here");
    } else if (!continues(known)) {
      resync("the database changed while it was not watched");
    }
    capture();
  }

  private boolean continues(FileStamp known) throws IOException {
    FileStat stat = source.databaseStat();
    PageTable.Head head = spool.table().head().orElseThrow();
    if (!known.isFile(stat) || head.pageSize().bytes() != source.pageSize()) {
      return false;
    }
    WalIndexHeader header = stableHeader();
    CaptureCursor cursor = spool.cursor();
    if (cursor.salts() == header.salts() && holds(cursor, header)) {
      return true;
    }
    if (known.hasTimes() && known.equals(FileStamp.of(stat))) {
      spool.moveCursor(CaptureCursor.startOf(header.salts()));
      return true;
    }
    return false;
  }

  private boolean holds(CaptureCursor cursor, WalIndexHeader header) throws IOException {
    if (header.mxFrame() < cursor.frame()) {
      return false;
    }
    if (cursor.frame() == 0) {
      return true;
    }
    byte[] frame = new byte[WalFormat.FRAME_HEADER_BYTES];
    long offset = WalFormat.frameOffset(cursor.frame(), source.pageSize());
    if (source.readWal(offset, frame, 0, frame.length) < frame.length) {
      return false;
    }
    WalFrameHeader there = WalFrameHeader.decode(frame, 0);
    return there.salts() == cursor.salts() && there.checksum() == cursor.frameChecksum();
  }

  /// Takes everything that is committed now into the spool, not yet synced. False if it cannot be
  /// told yet what is.
  boolean capture() throws IOException {
    if (observe()) {
      source.pin().blockResets();
    }
    Optional<WalIndexHeader> header = source.header();
    if (header.isEmpty()) {
      return false;
    }
    latest = header;
    if (isCaptured(header.get())) {
      return true;
    }
    source.syncWal();
    try {
      CommitScan scan = CommitScan.read(source, spool.cursor(), header.get());
      append(scan);
      spool.moveCursor(scan.end());
    } catch (LostContinuityException e) {
      resync(String.valueOf(e.getMessage()));
    }
    source.pin().refresh(header.get());
    return true;
  }

  private void append(CommitScan scan) throws IOException, LostContinuityException {
    long now = clock.millis();
    for (int i = 0; i < scan.commits().size(); i++) {
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

  /// Compares the whole database with the position on record and spools the difference as one
  /// transaction; none if there is none.
  void resync(String why) throws IOException {
    resyncs++;
    LOG.info("{}: comparing the whole database: {}", source.path(), why);
    spool.sync();
    PageSize pageSize = new PageSize(source.pageSize());
    Optional<PageTable.Head> head = spool.table().head();
    boolean full = head.isEmpty() || !head.get().pageSize().equals(pageSize);
    for (int tries = 1; ; tries++) {
      try {
        stableHeader();
        compare(pageSize, full);
        return;
      } catch (LostContinuityException e) {
        if (tries == RESYNC_TRIES) {
          throw new IOException(
              "%s cannot be read exactly: %s".formatted(source.path(), e.getMessage()), e);
        }
      }
    }
  }

  private void compare(PageSize pageSize, boolean full)
      throws IOException, LostContinuityException {
    PageTable table = spool.table();
    ImageDiff.Taken taken = ImageDiff.take(source, files, full ? _ -> 0 : table::get, pageSize);
    ImageRead image = taken.image();
    try (ImageDiff pages = taken.pages()) {
      if (!full && pages.count() == 0 && image.commit() == spool.commit()) {
        spool.moveCursor(image.cursor());
        return;
      }
      source.syncWal();
      TransactionDraft.Kind kind = full ? TransactionDraft.Kind.FULL : TransactionDraft.Kind.RESYNC;
      long time = times.monotone(clock.millis());
      spool.append(
          new TransactionDraft(kind, time, pageSize, image.commit(), pages, 0, 0, image.cursor()));
    }
  }

  /// Swaps the pin if everything spooled is backfilled, so that the application's next commit may
  /// reset the WAL; waits a moment for a checkpoint that is nearly there.
  void settlePin(long patienceNanos) throws IOException {
    long until = System.nanoTime() + patienceNanos;
    while (checkpointIsNear() && !canAllowReset() && System.nanoTime() < until) {
      Thread.onSpinWait();
      if (observe()) {
        return;
      }
    }
    if (canAllowReset()) {
      source.pin().allowOneReset(latest.orElseThrow());
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
