package dev.tidemark.cli.daemon;

import dev.tidemark.cli.ErrorLine;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.shipper.DatabaseStatus;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.ShipperState;
import dev.tidemark.store.Pauses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Maintains the logs of the databases that are being shipped: one thread, one log after the other,
/// each time in a process of its own. Nothing here ends the daemon, or makes shipping wait.
final class Maintenance implements MaintenanceStatus.Board, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Maintenance.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);

  private static final class Subject {
    final ShippedDatabase database;
    final String url;
    final List<String> options;
    final MaintenanceSchedule schedule;
    volatile MaintenanceStatus status = MaintenanceStatus.NONE;

    Subject(ShippedDatabase database, String url, MaintenanceConfig config, long now) {
      this.database = database;
      this.url = url;
      this.options = config.options();
      this.schedule = new MaintenanceSchedule(config.interval(), config.settled(), now);
    }
  }

  private final Pauses pauses;
  private final InstantSource clock;
  private final List<Subject> subjects = new ArrayList<>();
  private final Map<Path, Subject> byDatabase = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("tidemark-maintain").unstarted(this::run);

  Maintenance(Pauses pauses, InstantSource clock) {
    this.pauses = pauses;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /// Before [#start].
  void add(ShippedDatabase database, String url, MaintenanceConfig config) {
    config.warning().ifPresent(it -> log.warn("{} db={}", it, database.database()));
    Subject subject = new Subject(database, url, config, pauses.nanos());
    subjects.add(subject);
    byDatabase.put(database.database(), subject);
  }

  void start() {
    if (!subjects.isEmpty()) {
      thread.start();
    }
  }

  @Override
  public Optional<MaintenanceStatus> of(Path database) {
    return Optional.ofNullable(byDatabase.get(database)).map(subject -> subject.status);
  }

  private void run() {
    try {
      while (true) {
        for (Subject subject : subjects) {
          if (isDue(subject)) {
            maintain(subject);
          }
        }
        pauses.pause(LOOK);
      }
    } catch (InterruptedException _) {
      log.debug("no more maintenance");
    }
  }

  /// Not while the store is away, nor when somebody else may be the log's writer.
  private boolean isDue(Subject subject) {
    DatabaseStatus status = subject.database.status();
    boolean isShipped =
        status.state() == ShipperState.SHIPPING || status.state() == ShipperState.IDLE;
    return isShipped && subject.schedule.isDue(status.stored(), pauses.nanos());
  }

  private void maintain(Subject subject) throws InterruptedException {
    long begun = pauses.nanos();
    MaintenanceRun.Outcome outcome;
    try {
      outcome = new MaintenanceRun(subject.database.database()).of(subject.url, subject.options);
    } catch (IOException e) {
      outcome = new MaintenanceRun.Outcome(ExitCode.FAILED.status(), Optional.of(ErrorLine.of(e)));
    }
    // Damage is told, and all else is done.
    boolean isDone =
        outcome.status() == ExitCode.DONE.status() || outcome.status() == ExitCode.CORRUPT.status();
    subject.schedule.ended(isDone, begun, pauses.nanos());
    note(subject, outcome, isDone);
  }

  private void note(Subject subject, MaintenanceRun.Outcome outcome, boolean isDone) {
    MaintenanceStatus before = subject.status;
    Path database = subject.database.database();
    boolean isWell = outcome.status() == ExitCode.DONE.status();
    Optional<String> problem =
        isWell
            ? Optional.empty()
            : outcome.problem().or(() -> Optional.of("it ended with " + outcome.status()));
    subject.status =
        new MaintenanceStatus(
            isDone ? Optional.of(clock.instant()) : before.at(),
            before.runs() + 1,
            before.failures() + (isWell ? 0 : 1),
            problem);
    if (isWell && before.problem().isPresent()) {
      log.info("maintenance is well again db={}", database);
    } else if (problem.isPresent() && !problem.equals(before.problem())) {
      if (isDone) {
        log.error("maintenance found damage: {} db={}", problem.get(), database);
      } else {
        log.warn("maintenance failed, for now: {} db={}", problem.get(), database);
      }
    }
  }

  @Override
  public void close() {
    if (!thread.isAlive()) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(END_PATIENCE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
