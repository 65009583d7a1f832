package dev.tidemark.cli.daemon;

import dev.tidemark.cli.ErrorLine;
import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Proof;
import dev.tidemark.restore.Prover;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.RetryPolicy;
import dev.tidemark.store.RetryingStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreMeter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proves in the background what the shipper has stored: one thread for all databases, one of them
/// at a time, within one budget. What the shipper says is stored only tells when to look, and how
/// far the log must reach; everything else comes from the store.
///
/// A store that is away, a full disk or too little memory mean a later proof and no problem of the
/// log. Nothing here ends the daemon, or waits for it.
final class Proofs implements ProofStatus.Board, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Proofs.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /// A listing is asked for each time, so not with each segment under load.
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);
  private static final String STATE = "proof";

  /// One database, and when it has its turn again.
  private static final class Subject {
    final ShippedDatabase database;
    final StoreMeter meter;
    final Prover prover;
    long nextNanos;
    Optional<String> trouble = Optional.empty();

    Subject(ShippedDatabase database, StoreMeter meter, Prover prover, long nextNanos) {
      this.database = database;
      this.meter = meter;
      this.prover = prover;
      this.nextNanos = nextNanos;
    }
  }

  private final ProofBudget budget;
  private final Pauses pauses;
  private final InstantSource clock;
  private final List<Subject> subjects = new ArrayList<>();
  private final Map<Path, Subject> byDatabase = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("tidemark-proof").unstarted(this::run);

  Proofs(long bytesPerDay, Pauses pauses, InstantSource clock) {
    this.budget = new ProofBudget(bytesPerDay, pauses.nanos());
    this.pauses = pauses;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /// Before [#start]. The store stays the caller's.
  void add(ShippedDatabase database, ObjectStore store, String url) throws IOException {
    StoreMeter meter = new StoreMeter();
    ObjectStore retrying =
        new RetryingStore(
            new MeteredStore(store, meter),
            RetryPolicy.STANDARD,
            pauses,
            RandomGenerator.getDefault());
    ReadBackStore reading = new ReadBackStore(retrying, budget, pauses);
    Prover prover = new Prover(reading, url, database.stateFolder().resolve(STATE), clock);
    Subject subject = new Subject(database, meter, prover, pauses.nanos());
    subjects.add(subject);
    byDatabase.put(database.database(), subject);
    tell(subject, Proof.NONE);
  }

  void start() {
    thread.start();
  }

  @Override
  public Optional<ProofStatus> of(Path database) {
    return Optional.ofNullable(byDatabase.get(database))
        .map(subject -> new ProofStatus(subject.prover.proof(), subject.meter.bytesDown()));
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        boolean isMore = false;
        for (Subject subject : subjects) {
          isMore |= turn(subject);
        }
        if (!isMore) {
          pauses.pause(LOOK);
        }
      }
    } catch (InterruptedException _) {
      log.debug("no more proofs");
    }
  }

  /// True if there is more to do at once.
  private boolean turn(Subject subject) throws InterruptedException {
    Optional<Position> stored = due(subject);
    if (stored.isEmpty()) {
      return false;
    }
    Proof before = subject.prover.proof();
    boolean isMore = false;
    Duration pause = PAUSE;
    try {
      isMore = subject.prover.round(stored.get());
      subject.trouble = Optional.empty();
    } catch (StoreException | IOException | RuntimeException e) {
      pause = PAUSE_AFTER_FAILURE;
      trouble(subject, ErrorLine.of(e), e);
    } catch (VirtualMachineError e) {
      pause = PAUSE_AFTER_FAILURE;
      trouble(subject, ErrorLine.of(e), e);
    }
    tell(subject, before);
    subject.nextNanos = pauses.nanos() + (isMore ? 0 : pause.toNanos());
    return isMore;
  }

  /// What the log must reach to, if it is this database's turn and there is anything to prove.
  private Optional<Position> due(Subject subject) {
    if (pauses.nanos() - subject.nextNanos < 0) {
      return Optional.empty();
    }
    DatabaseStatus status = subject.database.status();
    return status.state() == ShipperState.OUTAGE
        ? Optional.empty()
        : status.stored().filter(subject.prover::isDue);
  }

  private static void trouble(Subject subject, String what, Throwable cause) {
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    if (!subject.trouble.equals(Optional.of(what))) {
      subject.trouble = Optional.of(what);
      log.warn("cannot prove what is stored, for now: {} db={}", what, subject.database.database());
    }
    log.debug("the failure in full", cause);
  }

  private static void tell(Subject subject, Proof before) {
    Proof now = subject.prover.proof();
    Path database = subject.database.database();
    for (VerifyResult.Problem problem : now.problems()) {
      if (!before.problems().contains(problem)) {
        log.error(
            "the backup is damaged: {}: {}{} db={}",
            problem.key(),
            problem.problem(),
            problem.positions().map(lost -> "; lost: " + lost).orElse(""),
            database);
      }
    }
    if (now.problems().isEmpty() && !before.problems().isEmpty()) {
      log.info("the backup is whole again db={}", database);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(END_PATIENCE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
