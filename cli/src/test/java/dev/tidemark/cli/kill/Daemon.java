package dev.tidemark.cli.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The daemon of a round, through all its runs.
final class Daemon {
  private static final Pattern TAKE_OVER = Pattern.compile("--take-over=([0-9a-f/]{33})");
  private static final long UP_NANOS_MAX = 20_000_000_000L;
  private static final long OPEN_NANOS_MAX = 90_000_000_000L;
  private static final long STEP_MILLIS_MAX = 9_000;
  private static final int FAILED = 1;
  private static final int ONLY_SPOOLED = 5;
  private static final String NO_MACHINE = "Error occurred during initialization of VM";
  private static final int FENCED = 6;

  private final Site site;
  private final Choices choices;
  private final List<Site.Shipped> databases;
  private final Witness witness;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Optional<DaemonRun> run = Optional.empty();
  private int starts;
  private int kills;
  private Optional<DaemonStep> reached = Optional.empty();

  Daemon(Site site, Choices choices, List<Site.Shipped> databases, Witness witness) {
    this.site = site;
    this.choices = choices;
    this.databases = databases;
    this.witness = witness;
    environment.put("TIDEMARK_LOCKS", choices.locks());
  }

  /// What its processes get from now on.
  Map<String, String> environment() {
    return environment;
  }

  int kills() {
    return kills;
  }

  /// The step at which it was killed or stopped, if it came there.
  Optional<DaemonStep> reached() {
    return reached;
  }

  int starts() {
    return starts;
  }

  List<String> violations() {
    return violations;
  }

  void start(String... options) throws IOException {
    starts++;
    List<String> arguments = new ArrayList<>(List.of("replicate"));
    Site.Shipped first = databases.getFirst();
    if (databases.size() > 1) {
      arguments.addAll(List.of("--config", config().toString()));
    } else {
      arguments.addAll(List.of(first.name().toString(), first.url()));
      arguments.addAll(List.of("--sync-interval", choices.syncInterval()));
      arguments.addAll(List.of("--spool-sync", choices.spoolSync()));
    }
    arguments.addAll(List.of(options));
    Path log = site.path("daemon-%d.log".formatted(starts));
    run = Optional.of(DaemonRun.start(site, environment, log, arguments));
  }

  private Path config() throws IOException {
    StringBuilder yaml = new StringBuilder();
    yaml.append("sync-interval: %s%n".formatted(choices.syncInterval()));
    yaml.append("spool-sync: \"%s\"%n".formatted(choices.spoolSync()));
    yaml.append("databases:%n".formatted());
    for (Site.Shipped database : databases) {
      yaml.append("  - path: %s%n".formatted(database.name()));
      yaml.append("    url: \"%s\"%n".formatted(database.url()));
    }
    return Files.writeString(site.path("tidemark.yml"), yaml);
  }

  /// Starts it, and kills or stops it right at a step, if it comes there.
  void startTo(Choices.Step step) throws IOException, InterruptedException {
    try (StepTrap trap = StepTrap.open()) {
      environment.put("TIDEMARK_JAVA_OPTS", trap.options());
      start();
      environment.remove("TIDEMARK_JAVA_OPTS");
      if (trap.await(step.at(), step.nth(), STEP_MILLIS_MAX)) {
        reached = Optional.of(step.at());
      }
      if (step.kills()) {
        kill();
      } else {
        Thread.sleep(step.duringMillis());
      }
    }
    if (step.kills()) {
      Thread.sleep(step.duringMillis());
      start();
    }
  }

  /// A daemon that has lost its state may refuse to go on, and says how a person lets it. One that
  /// finds no room at its start ends, and is started again, as systemd would do.
  void expectAlive() throws IOException {
    DaemonRun present = run.orElseThrow();
    if (present.isAlive()) {
      return;
    }
    Matcher hint = TAKE_OVER.matcher(present.log());
    if (choices.disturbance() == Disturbance.STATE_DELETED
        && present.status() == FENCED
        && hint.find()) {
      look(present);
      start("--take-over=" + hint.group(1));
      return;
    }
    if (isWithoutRoomAtItsStart(present, present.status())) {
      look(present);
      start();
      return;
    }
    throw new Violation("the daemon ended with %d: %s".formatted(present.status(), present.log()));
  }

  private boolean isWithoutRoomAtItsStart(DaemonRun ended, int status) throws IOException {
    return choices.disturbance() == Disturbance.STATE_DISK_FULL
        && status == FAILED
        && ended.log().contains("No space left on device")
        && !ended.log().contains("shipping to ");
  }

  /// Returns when a daemon that refuses to go on has ended.
  void awaitEnd() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + UP_NANOS_MAX;
    while (run.orElseThrow().isAlive()) {
      if (System.nanoTime() - deadline > 0) {
        throw new Violation("the daemon refuses, and does not end: " + run.orElseThrow().log());
      }
      Thread.sleep(10);
    }
  }

  void awaitUp() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + UP_NANOS_MAX;
    while (!witness.isUp()) {
      expectAlive();
      if (System.nanoTime() - deadline > 0) {
        throw new Violation("the daemon does not come up: " + run.orElseThrow().log());
      }
      Thread.sleep(10);
    }
  }

  /// It ships: the start is over.
  void awaitOpen() throws IOException, InterruptedException {
    awaitUp();
    long deadline = System.nanoTime() + OPEN_NANOS_MAX;
    while (witness.isStarting()) {
      expectAlive();
      if (System.nanoTime() - deadline > 0) {
        throw new Violation("the daemon's start does not end: " + run.orElseThrow().log());
      }
      Thread.sleep(10);
    }
  }

  void kill() throws IOException, InterruptedException {
    if (run.isPresent()) {
      DaemonRun last = run.get();
      run = Optional.empty();
      kills += last.isAlive() ? 1 : 0;
      last.kill();
      look(last);
    }
  }

  void end() throws IOException, InterruptedException {
    DaemonRun last = run.orElseThrow();
    run = Optional.empty();
    boolean wasAlive = last.isAlive();
    int status = last.end();
    look(last);
    // One that refused to start may have been about to end, and one in its first moments dies of
    // the signal.
    boolean harmless =
        (choices.disturbance() == Disturbance.STATE_DELETED && status == FENCED)
            || isWithoutRoomAtItsStart(last, status);
    boolean notYetUp =
        wasAlive && (diesOfTheSignal(status, last.log()) || isBeforeItsFirstLine(last.log()));
    // In such a network, the time for a drain may be too short.
    boolean storm = choices.s3().isPresent() && status == ONLY_SPOOLED;
    if (status != 0 && !harmless && !notYetUp && !storm) {
      violations.add("SIGTERM ended the daemon with %d: %s".formatted(status, last.log()));
    }
  }

  private static boolean diesOfTheSignal(int status, String log) {
    return status == 143 && !log.contains("INFO");
  }

  /// A virtual machine that gets the signal while it begins, before any of our code runs, says so.
  private static boolean isBeforeItsFirstLine(String log) {
    return log.startsWith(NO_MACHINE);
  }

  void pause(int millis) throws IOException, InterruptedException {
    run.orElseThrow().pause(millis);
  }

  private void look(DaemonRun ended) throws IOException {
    String log = ended.log();
    if (isBeforeItsFirstLine(log)) {
      return;
    }
    if (log.contains("bug in Tidemark") || log.contains("\tat ") || log.contains("Exception")) {
      violations.add("the daemon said: " + log);
    }
  }
}
