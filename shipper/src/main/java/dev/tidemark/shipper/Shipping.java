package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.Source;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// The steady state of one database: commits go from the WAL to the spool, segments from the spool
/// to the bucket, one at a time. All of it is called by one thread at a time, and nothing here
/// waits for the store.
final class Shipping implements AutoCloseable {
  private final DatabaseConfig config;
  private final Context context;
  private final StateFiles files;
  private final CommitTimes times = new CommitTimes();
  private final Backoff backoff;
  private final Pace pace;
  private final Spool spool;
  private final Overrun overrun;
  private final SpoolSync spoolSync;
  private LocalRecord record;
  private Position stored;
  private long storedMillis;
  private Optional<Capture> capture = Optional.empty();
  private Optional<Uploader> uploader = Optional.empty();
  private boolean uploading;
  private long waitingSince;
  private long lastUpload;
  private long retryAt;
  private Optional<String> storeProblem = Optional.empty();
  private final AtomicLong comparisons = new AtomicLong();

  Shipping(DatabaseConfig config, Context context, StateFiles files, Opening.Opened opened) {
    this.config = config;
    this.context = context;
    this.files = files;
    this.record = opened.record();
    this.stored = record.stored();
    this.storedMillis = record.storedMillis();
    this.spool = opened.spool();
    this.overrun = new Overrun(config, files);
    this.spoolSync = new SpoolSync(config.spoolSync(), context.nanos().getAsLong());
    this.pace = new Pace(config.syncInterval());
    this.backoff = new Backoff(context.random());
    this.lastUpload = context.nanos().getAsLong() - config.syncInterval().toNanos();
    this.retryAt = context.nanos().getAsLong();
    times.monotone(Math.max(record.storedMillis(), spool.newestTimestampMillis()));
  }

  Optional<Capture> capture() {
    return capture;
  }

  Position captured() {
    return spool.end();
  }

  Position stored() {
    return stored;
  }

  /// Up to where this machine may say that it is stored, here: at another URL than the one on
  /// record, not before the store was asked.
  Position knownStored() {
    boolean here = uploader.isPresent() || record.url().equals(config.url());
    return here ? stored : Position.START;
  }

  Spool spool() {
    return spool;
  }

  /// What keeps it from doing its work, if anything does.
  Optional<String> problem() {
    return storeProblem.or(overrun::problem);
  }

  boolean isOutage() {
    return storeProblem.isPresent();
  }

  /// Whether a position is the last one stored, or a spooled one.
  boolean isOnRecord(Position position) {
    return record.stored().equals(position) || spool.has(position);
  }

  /// The bucket may be written to: `remote` is what it held, and its head is on our record.
  void open(Remote remote) throws IOException {
    stored = remote.head();
    storedMillis = remote.headMillis();
    if (!record.url().equals(config.url())) {
      record = record.withUrl(config.url());
      record.write(files);
    }
    recordStored();
    uploader =
        Optional.of(
            new Uploader(
                config.store(),
                files,
                record.databaseId(),
                new HashSet<>(record.runs()),
                remote.boundary()));
    storeProblem = Optional.empty();
  }

  void storeProblem(String reason) {
    storeProblem = Optional.of(reason);
  }

  void attach(Source source) throws IOException {
    Capture attached =
        new Capture(
            source, spool, files, context.clock(), times, comparisons::incrementAndGet, overrun);
    attached.reconcile();
    spool.sync();
    overrun.forget();
    capture = Optional.of(attached);
  }

  /// How often the database had to be read as a whole.
  long comparisons() {
    return comparisons.get();
  }

  void detach() throws IOException {
    if (capture.isPresent()) {
      Capture old = capture.get();
      capture = Optional.empty();
      old.close();
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

  /// Whether the pin has to be moved on although nothing else is to be done.
  boolean pinWantsMove() {
    return capture.isPresent() && capture.get().pinning().wantsMove();
  }

  private Pace.Situation situation(long now, boolean flush) {
    return new Pace.Situation(now, waitingSince, lastUpload, uploading, flush);
  }

  private boolean shipIsDue(Pace.Situation at) {
    return uploader.isPresent()
        && !spool.isEmpty()
        && at.now() - retryAt >= 0
        && pace.shipNow(at, closedSegmentWaits());
  }

  /// One that was stored a moment ago and is not dropped yet does not count: it would make each
  /// upload be followed by another one at once.
  private boolean closedSegmentWaits() {
    return spool.holdsWholeSegment()
        || spool.first().filter(it -> it.end().txid().compareTo(stored.txid()) > 0).isPresent();
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
      overrun.limitWal(source);
      return false;
    }
    if (!overrun.isOver(source)) {
      return false;
    }
    boolean urgent = source.pinning().isUrgent();
    boolean all = source.capture();
    source.swapPin(urgent);
    if (spool.first().isEmpty() && shipsAtOnce()) {
      source.syncWal();
      spool.closeSegment();
    } else if (spoolSync.isDue(context.nanos().getAsLong(), durably)) {
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
      overrun.limitWal(capture.get());
    }
  }

  /// Whether what was just captured goes into a segment now, which is synced itself.
  private boolean shipsAtOnce() {
    return shipIsDue(situation(context.nanos().getAsLong(), false));
  }

  /// Starts the next upload if one is due; `done` hears its outcome on another thread.
  void ship(boolean flush, Executor requests, Consumer<Uploader.Outcome> done) throws IOException {
    recordStored();
    long now = context.nanos().getAsLong();
    if (!shipIsDue(situation(now, flush))) {
      return;
    }
    if (capture.isPresent()) {
      capture.get().syncWal();
    }
    if (spool.first().isEmpty()) {
      spool.closeSegment();
    }
    SpooledObject object = spool.first().orElseThrow();
    Uploader to = uploader.orElseThrow();
    uploading = true;
    lastUpload = now;
    requests.execute(() -> done.accept(attempt(to, object)));
  }

  private static Uploader.Outcome attempt(Uploader to, SpooledObject object) {
    try {
      return to.attempt(object);
    } catch (InterruptedException _) {
      return new Uploader.Outcome.Failed("stopped");
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      // Whatever it is, the answer must come, or nothing would ever be put again.
      return new Uploader.Outcome.Failed("storing %s: %s".formatted(object.slot().text(), e));
    }
  }

  /// Takes the outcome of the upload under way. Answers the reason if this writer is fenced.
  Optional<String> uploaded(Uploader.Outcome outcome) {
    uploading = false;
    return switch (outcome) {
      case Uploader.Outcome.Stored() -> {
        SpooledObject object = spool.first().orElseThrow();
        backoff.reset();
        storeProblem = Optional.empty();
        stored = object.end();
        storedMillis = object.lastTimestampMillis();
        yield Optional.empty();
      }
      case Uploader.Outcome.Fenced(String reason) -> Optional.of(reason);
      case Uploader.Outcome.Failed(String reason) -> {
        storeProblem = Optional.of(reason);
        retryAt = context.nanos().getAsLong() + backoff.nextNanos();
        yield Optional.empty();
      }
    };
  }

  /// Puts on record what is stored, and only then drops it from the spool. Until then a restart
  /// finds it stored all the same.
  void recordStored() throws IOException {
    if (!record.stored().equals(stored)) {
      LocalRecord next = record.withStored(stored, storedMillis);
      next.write(files);
      record = next;
    }
    spool.dropUpTo(stored);
  }

  /// When something is to be done even if nothing happens.
  long nextDue(long now) {
    long due = now + IDLE_NANOS;
    if (uploader.isPresent() && !spool.isEmpty() && !uploading) {
      due = Math.min(due, Math.max(retryAt, pace.nextUpload(lastUpload)));
    }
    return due;
  }

  static final long IDLE_NANOS = 500_000_000L;

  /// Leaves a record that the next start can go on from.
  @Override
  public void close() throws IOException {
    try {
      if (capture.isPresent()) {
        capture.get().stampIfQuiet();
      }
      detach();
    } finally {
      spool.close();
      spool.table().force();
    }
  }
}
