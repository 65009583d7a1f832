package dev.tidemark.cli.kill;

import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One round: a daemon, an application, what happens to them, and what is held against the log
/// afterwards.
final class Round implements AutoCloseable {
  private static final long STALL_NANOS = 5_000_000_000L;

  /// A disk is filled twice, and has some room in between.
  private static final int FULL_DISK_RESYNCS = 2;

  private static final int COMMITS_MILLIS = 500;

  private final Choices choices;
  private final Site site;
  private final List<Site.Shipped> databases;
  private final Application application;
  private final Daemon daemon;
  private final Disturber disturber;
  private final Surroundings surroundings;
  private final List<Witness> witnesses;
  private final List<String> violations = new ArrayList<>();
  private int transactions;
  private int commits;
  private int resyncs;
  private int positions;
  private long longestNanos;

  Round(Site site, Choices choices) throws IOException, InterruptedException {
    this.choices = choices;
    this.site = site;
    Site.Shipped first = site.first(choices.disturbance() == Disturbance.SYMLINK);
    this.databases =
        choices.disturbance() == Disturbance.TWO_DATABASES
            ? List.of(first, site.second())
            : List.of(first);
    boolean mayBeRefused = choices.disturbance() == Disturbance.STATE_DELETED;
    this.witnesses = databases.stream().map(it -> new Witness(it, mayBeRefused)).toList();
    this.application = new Application(site, choices, databases);
    this.daemon = new Daemon(site, choices, databases, witnesses.getFirst());
    this.surroundings = Surroundings.of(site, choices, first);
    this.disturber = new Disturber(site, choices, first, application, daemon, surroundings);
  }

  /// What was wrong; empty is well.
  List<String> run() throws Exception {
    for (Site.Shipped database : databases) {
      Application.create(database, choices.pageSize(), choices.autoVacuum());
    }
    try {
      live();
    } catch (Violation e) {
      violations.add(String.valueOf(e.getMessage()));
    } finally {
      application.kill();
      daemon.kill();
      for (Witness witness : witnesses) {
        witness.stop();
      }
    }
    judge();
    return violations;
  }

  private void live() throws Exception {
    daemon.environment().putAll(surroundings.environment());
    daemon.start();
    application.start();
    witnesses.forEach(Witness::start);
    disturber.prepare();
    // Without any state, a daemon that does not reach its store ends; from now on it has one.
    daemon.awaitOpen();
    site.depot().storm();
    for (Choices.Step step : choices.steps()) {
      if (step.open()) {
        daemon.awaitOpen();
      }
      Thread.sleep(step.beforeMillis());
      daemon.expectAlive();
      take(step);
    }
    application.close();
    for (Site.Shipped database : databases) {
      // What a writer left that was killed, and nobody took a turn after it.
      try (SqliteProcess reader = SqliteProcess.openAsIs(database.file())) {
        database.journal().append(reader);
      }
    }
    site.depot().calm();
    daemon.expectAlive();
    daemon.awaitUp();
    for (Witness witness : witnesses) {
      while (!witness.awaitStored()) {
        daemon.awaitEnd();
        daemon.expectAlive();
        daemon.awaitUp();
      }
    }
    daemon.end();
  }

  private void take(Choices.Step step) throws Exception {
    int millis = step.duringMillis();
    switch (step.action()) {
      case PAUSE -> Thread.sleep(millis);
      case KILL_DAEMON -> {
        daemon.kill();
        Thread.sleep(millis);
        daemon.start();
      }
      case END_DAEMON -> {
        daemon.end();
        Thread.sleep(millis);
        daemon.start();
      }
      case STOP_DAEMON -> daemon.pause(millis);
      case AT_STEP -> {
        daemon.kill();
        if (step.at().needs(DaemonStep.Need.RESYNC)) {
          // The last one to close empties the log, and what follows nobody has seen.
          application.close();
          application.start();
          Thread.sleep(COMMITS_MILLIS);
        }
        daemon.startTo(step);
      }
      case KILL_WRITER -> application.killWriter();
      case STOP_WRITER -> application.pauseOne(millis);
      case KILL_CHECKPOINTER -> application.killCheckpointer();
      case CLOSE_WRITERS -> {
        application.close();
        Thread.sleep(millis);
        application.start();
      }
      case DISTURB -> disturber.disturb(millis);
    }
  }

  private void judge() throws Exception {
    witnesses.forEach(witness -> violations.addAll(witness.violations()));
    violations.addAll(daemon.violations());
    // With no room to capture, a checkpoint that waits makes the daemon let go of the WAL.
    int full = surroundings.hasDisk() ? FULL_DISK_RESYNCS : 0;
    int reasons = daemon.starts() + disturber.replacements() + full;
    for (int i = 0; i < databases.size(); i++) {
      Oracle oracle =
          new Oracle(
              site,
              databases.get(i),
              site.depot().objects(databases.get(i).log()),
              witnesses.get(i).acknowledged(),
              reasons,
              choices.seed());
      violations.addAll(oracle.check());
      transactions += oracle.transactions();
      resyncs += oracle.resyncs();
      positions += oracle.positions();
      for (SqliteProcess.Commit commit : databases.get(i).journal().commits()) {
        commits++;
        stalled("a commit", commit.beganNanos(), commit.endedNanos());
      }
    }
    if (Files.exists(site.path("checkpoints"))) {
      for (String line : Files.readAllLines(site.path("checkpoints"))) {
        String[] parts = line.split(" ", -1);
        stalled("a checkpoint", Long.parseLong(parts[2]), Long.parseLong(parts[3]));
      }
    }
  }

  private void stalled(String what, long began, long ended) {
    longestNanos = Math.max(longestNanos, ended - began);
    if (ended - began > STALL_NANOS) {
      violations.add("%s took %d ms".formatted(what, (ended - began) / 1_000_000));
    }
  }

  int kills() {
    return daemon.kills() + application.kills();
  }

  int commits() {
    return commits;
  }

  int transactions() {
    return transactions;
  }

  int acknowledged() {
    return witnesses.stream().mapToInt(it -> it.acknowledged().size()).sum();
  }

  int positions() {
    return positions;
  }

  Optional<DaemonStep> reached() {
    return daemon.reached();
  }

  /// For people.
  String summary() {
    return "%d states, %d transactions, %d of them resyncs, %d acknowledged, longest wait %d ms, %s, %s%s"
        .formatted(
            commits,
            transactions,
            resyncs,
            acknowledged(),
            longestNanos / 1_000_000,
            site.depot().summary(),
            reached().map(it -> "at " + it).orElse("at no step"),
            surroundings.leftOut().map(why -> ", SKIPPED the disturbance: " + why).orElse(""));
  }

  @Override
  public void close() throws IOException {
    surroundings.close();
  }
}
