package dev.tidemark.shipper;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The side of a database that faces the store: takes one segment at a time from the spool to the
/// bucket, and knows how far it has come.
///
/// What takes time is done beside the turns, so that capturing never waits for it: making the
/// segment, syncing the WAL that its transactions come from, the put, and the record of what is
/// stored. The methods are for turns, one thread at a time.
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final DatabaseConfig config;
  private final Context context;
  private final StateFiles files;
  private final Spool spool;
  private final LocalWork local;
  private final Host host;
  private final Backoff backoff;
  private LocalRecord record;
  private Position stored;
  private long storedMillis;
  private Optional<Uploader> uploader = Optional.empty();
  private boolean underWay;
  private long lastBegun;
  private long retryAt;
  private Optional<String> storeProblem = Optional.empty();
  private Optional<String> localProblem = Optional.empty();

  /// Whom a delivery reports to.
  interface Host {
    /// Does something in a turn; what fails there, fails the turn.
    void inTurn(LocalWork.Work work);

    /// Another writer went on. In a turn.
    void fenced(String reason);
  }

  Delivery(
      DatabaseConfig config,
      Context context,
      StateFiles files,
      LocalState.Opened opened,
      LocalWork local,
      Host host) {
    this.config = config;
    this.context = context;
    this.files = files;
    this.spool = opened.spool();
    this.local = local;
    this.host = host;
    this.backoff = new Backoff(context.random());
    this.record = opened.record();
    this.stored = record.stored();
    this.storedMillis = record.storedMillis();
    this.retryAt = context.nanos().getAsLong();
    this.lastBegun = retryAt - config.syncInterval().toNanos();
  }

  /// The bucket may be written to: `remote` is what it held, and its head is on our record.
  void open(Remote remote) throws IOException {
    spool.cutAt(remote.head());
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

  Position stored() {
    return stored;
  }

  /// Up to where this machine may say that it is stored, here: at another URL than the one on
  /// record, not before the store was asked.
  Position knownStored() {
    boolean here = uploader.isPresent() || record.url().equals(config.url());
    return here ? stored : Position.START;
  }

  /// Whether a position is the last one stored, or a spooled one.
  boolean isOnRecord(Position position) {
    return record.stored().equals(position) || spool.has(position);
  }

  /// What keeps segments from being stored, if anything does.
  Optional<String> problem() {
    return storeProblem.or(() -> localProblem);
  }

  /// Whether the store is what keeps them.
  boolean isOutage() {
    return storeProblem.isPresent();
  }

  void storeProblem(String reason) {
    storeProblem = Optional.of(reason);
  }

  boolean isUnderWay() {
    return underWay;
  }

  /// When the last delivery began.
  long lastBegun() {
    return lastBegun;
  }

  /// Whether another segment could be put now.
  boolean canBegin(long now) {
    return uploader.isPresent() && !underWay && !spool.isEmpty() && now - retryAt >= 0;
  }

  /// When [#canBegin] may be worth asking again although nothing happens; empty if something will.
  Optional<Long> retryAt() {
    boolean waits = uploader.isPresent() && !underWay && !spool.isEmpty();
    return waits ? Optional.of(retryAt) : Optional.empty();
  }

  /// Puts the next segment on its way. `syncWal` makes durable what it was read from.
  void begin(long now, LocalWork.Work syncWal) throws IOException {
    Uploader to = uploader.orElseThrow();
    LocalRecord before = record;
    CompletableFuture<SpooledObject> made = made();
    underWay = true;
    lastBegun = now;
    CompletableFuture<Void> wal =
        CompletableFuture.runAsync(() -> local.run(syncWal), context.requests());
    var _ =
        made.thenCombineAsync(wal, (object, _) -> object, context.requests())
            .thenAccept(object -> put(object, to, before))
            .exceptionally(e -> {
              host.inTurn(() -> failed(e));
              return null;
            });
  }

  private CompletableFuture<SpooledObject> made() throws IOException {
    if (spool.first().isPresent()) {
      return CompletableFuture.completedFuture(spool.first().get());
    }
    Sealing sealing = spool.seal();
    return CompletableFuture.supplyAsync(
        () -> {
          local.run(sealing::make);
          host.inTurn(() -> spool.sealed(sealing));
          return sealing.made();
        },
        context.segments());
  }

  private void put(SpooledObject object, Uploader to, LocalRecord before) {
    Uploader.Outcome outcome = attempt(to, object);
    host.inTurn(() -> answered(object, outcome));
    if (outcome instanceof Uploader.Outcome.Stored) {
      LocalRecord after = before.withStored(object.end(), object.lastTimestampMillis());
      local.run(() -> after.write(files));
      host.inTurn(() -> recorded(after));
    }
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

  private void answered(SpooledObject object, Uploader.Outcome outcome) {
    switch (outcome) {
      case Uploader.Outcome.Stored() -> {
        backoff.reset();
        storeProblem = Optional.empty();
        localProblem = Optional.empty();
        stored = object.end();
        storedMillis = object.lastTimestampMillis();
      }
      case Uploader.Outcome.Fenced(String reason) -> {
        underWay = false;
        host.fenced(reason);
      }
      case Uploader.Outcome.Failed(String reason) -> {
        LOG.warn("{}: {}; trying again", config.url(), reason);
        underWay = false;
        storeProblem = Optional.of(reason);
        retryAt = context.nanos().getAsLong() + backoff.nextNanos();
      }
    }
  }

  private void recorded(LocalRecord after) throws IOException {
    underWay = false;
    record = after;
    spool.dropUpTo(stored);
  }

  /// Something failed on this machine, not at the store.
  private void failed(Throwable e) {
    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
    if (!(cause instanceof UncheckedIOException || cause instanceof OutOfMemoryError)) {
      throw new IllegalStateException(cause);
    }
    underWay = false;
    retryAt = context.nanos().getAsLong() + Shipping.IDLE_NANOS;
    Optional<String> text = Optional.of(Intake.reason(cause));
    if (!localProblem.equals(text)) {
      LOG.warn("{}: {}; trying again", config.database(), text.get());
    }
    localProblem = text;
  }

  /// Leaves a record of how far it has come; nothing is under way any more.
  void close() throws IOException {
    recordStored();
  }

  /// Puts on record what is stored, and only then drops it from the spool. Until then a restart
  /// finds it stored all the same.
  private void recordStored() throws IOException {
    if (!record.stored().equals(stored)) {
      LocalRecord next = record.withStored(stored, storedMillis);
      next.write(files);
      record = next;
    }
    spool.dropUpTo(stored);
  }
}
