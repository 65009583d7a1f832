package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The steady state of one database: commits go from the WAL to the spool, segments from the spool
/// to the bucket, one at a time. All of it is called by one thread at a time, and nothing here
/// waits for the store.
final class Shipping implements AutoCloseable {
  private final Context context;
  private final StateFiles files;
  private final LocalWork local = new LocalWork();
  private final CommitTimes times = new CommitTimes();
  private final Pace pace;
  private final Spool spool;
  private final Overrun overrun;
  private final SpoolSync spoolSync;
  private final Delivery delivery;
  private final Audit audit;
  private Optional<Capture> capture = Optional.empty();
  private long waitingSince;
  private final AtomicLong comparisons = new AtomicLong();

  Shipping(
      DatabaseConfig config,
      Context context,
      StateFiles files,
      LocalState.Opened opened,
      Delivery.Host host) {
    this.context = context;
    this.files = files;
    this.spool = opened.spool();
    this.overrun = new Overrun(config, files);
    this.spoolSync = new SpoolSync(config.spoolSync(), context.nanos().getAsLong());
    this.pace = new Pace(config.syncInterval());
    this.waitingSince = context.nanos().getAsLong();
    this.delivery = new Delivery(config, context, files, opened, local, host);
    this.audit = new Audit(config, context, spool);
    times.monotone(Math.max(opened.record().storedMillis(), spool.newestTimestampMillis()));
  }

  Optional<Capture> capture() {
    return capture;
  }

  Position captured() {
    return spool.end();
  }

  Delivery delivery() {
    return delivery;
  }

  Spool spool() {
    return spool;
  }

  Audit audit() {
    return audit;
  }

  /// What keeps it from doing its work, if anything does.
  Optional<String> problem() {
    return Stream.of(delivery.problem(), overrun.problem(), audit.problem())
        .flatMap(Optional::stream)
        .reduce((one, other) -> one + "; " + other);
  }

  void attach(Source source) throws IOException {
    Capture attached =
        new Capture(source, spool, files, context, times, comparisons::incrementAndGet, overrun);
    attached.reconcile();
    spool.sync();
    overrun.forget();
    capture = Optional.of(attached);
    audit.attached(attached);
  }

  /// How often the database had to be read as a whole.
  long comparisons() {
    return comparisons.get();
  }

  /// The names lead elsewhere now: takes what was committed in the last moment before, if that is
  /// certain, and closes the files in any case. True if all that was committed to them is captured,
  /// and nobody can open them any more.
  boolean letGo() throws IOException {
    Capture last = capture.orElseThrow();
    try {
      Source source = last.source();
      return source.isOutOfReach()
          && overrun.hasRoom(spool.bytes())
          && last.captureLast()
          && source.databaseStat().nlink() == 0;
    } finally {
      detach();
    }
  }

  private void detach() throws IOException {
    if (capture.isPresent()) {
      Capture old = capture.get();
      capture = Optional.empty();
      audit.detached();
      local.alone(old::close);
    }
  }

  /// Notes commits that wait; true if they should be captured, or something shipped, now. Cheap.
  boolean isDue(long now, boolean flush) {
    boolean behind = capture.isPresent() && capture.get().wal().observe();
    if (!behind) {
      waitingSince = now;
    }
    Pace.Situation at = situation(now, flush);
    if (behind && overrun.problem().isEmpty()) {
      Capture source = capture.get();
      if (!source.pinning().blockResets()
          || pace.captureNow(at, source.wal().backlogBytes(), source.pinning().isUrgent())) {
        return true;
      }
    }
    return shipIsDue(at) || (capture.isPresent() && capture.get().pinning().canAllowReset());
  }

  /// How long commits have been waiting to be captured.
  long waitingMillis() {
    return (context.nanos().getAsLong() - waitingSince) / 1_000_000L;
  }

  /// Whether the pin has to be moved on although nothing else is to be done.
  boolean pinWantsMove() {
    return capture.isPresent() && capture.get().pinning().wantsMove();
  }

  private Pace.Situation situation(long now, boolean flush) {
    return new Pace.Situation(
        now, waitingSince, delivery.lastBegun(), delivery.isUnderWay(), flush);
  }

  private boolean shipIsDue(Pace.Situation at) {
    return delivery.canBegin(at.now()) && pace.shipNow(at, isWholeSegmentWaiting());
  }

  private boolean isWholeSegmentWaiting() {
    return spool.first().isPresent() || spool.holdsWholeSegment();
  }

  /// Takes what is committed into the spool, durably, and lets go of the WAL where that is safe.
  /// True if everything committed before the call is in the spool; `durably` leaves nothing to a
  /// later sync.
  boolean captureNow(boolean durably) throws IOException {
    if (capture.isEmpty()) {
      return false;
    }
    Capture source = capture.get();
    if (!overrun.hasRoom(spool.bytes())) {
      overrun.limitWal(source, context.nanos().getAsLong());
      return false;
    }
    if (!overrun.isOver(source)) {
      return false;
    }
    boolean urgent = source.pinning().isUrgent();
    boolean all = source.capture();
    source.swapPin(urgent);
    if (spoolSync.isDue(context.nanos().getAsLong(), durably, shipsAtOnce())) {
      source.syncWal();
      spool.sync();
    } else {
      spool.settle();
    }
    source.checkpointIfNeeded(context.nanos().getAsLong());
    return all;
  }

  /// Capturing failed, and may go on failing: the WAL stays bounded all the same.
  void captureFailed() throws IOException {
    if (capture.isPresent()) {
      overrun.limitWal(capture.get(), context.nanos().getAsLong());
    }
  }

  /// Whether [#captureFailed] is to be called again at once, or, with no room, [#captureNow]: the
  /// application's writers wait, maybe for what cannot be captured.
  boolean isWaitedFor(long now, boolean paused) {
    return capture.isPresent()
        && (paused || overrun.problem().isPresent())
        && overrun.isWaitedFor(capture.get(), now);
  }

  /// Whether what was just captured goes into a segment now, which is synced itself.
  private boolean shipsAtOnce() {
    return shipIsDue(situation(context.nanos().getAsLong(), false));
  }

  /// Puts the next segment on its way if one is due.
  void ship(boolean flush) throws IOException {
    long now = context.nanos().getAsLong();
    if (shipIsDue(situation(now, flush))) {
      delivery.begin(now, capture.<LocalWork.Work>map(it -> it::syncWal).orElse(() -> {}));
    }
  }

  /// When something is to be done even if nothing happens.
  long nextDue(long now) {
    long due = now + IDLE_NANOS;
    long upload =
        delivery
            .retryAt()
            .map(at -> Math.min(due, Math.max(at, pace.nextUpload(delivery.lastBegun()))))
            .orElse(due);
    return audit.dueAt().map(at -> Math.min(upload, at)).orElse(upload);
  }

  static final long IDLE_NANOS = 500_000_000L;

  /// Leaves a record that the next start can go on from.
  @Override
  public void close() throws IOException {
    local.end();
    try {
      if (capture.isPresent()) {
        capture.get().stampIfQuiet();
      }
      detach();
      delivery.close();
    } finally {
      spool.close();
      spool.table().force();
    }
  }
}
