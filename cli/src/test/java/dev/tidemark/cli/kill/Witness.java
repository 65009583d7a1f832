package dev.tidemark.cli.kill;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks the daemon again and again what it vouches for, and writes that down.
final class Witness {
  /// What a daemon that is started, killed, stopped or without its store may answer.
  private static final Set<ExitCode> MAY_FAIL =
      EnumSet.of(ExitCode.NOT_FOUND, ExitCode.TIMED_OUT, ExitCode.FAILED, ExitCode.STORAGE);

  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final Duration STORED_PATIENCE = Duration.ofSeconds(25);

  /// A position that was reported as stored.
  ///
  /// @param journalBytes how much of the journal was written before the question, all of which the
  ///   position has to include; 0 where nothing was asked for
  record Acknowledged(Position position, long journalBytes) {}

  private final Site.Shipped database;
  private final boolean mayBeRefused;
  private final List<Acknowledged> acknowledged = Collections.synchronizedList(new ArrayList<>());
  private final List<String> violations = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Thread thread = new Thread(this::ask, "witness");
  private volatile boolean stopped;

  Witness(Site.Shipped database, boolean mayBeRefused) {
    this.database = database;
    this.mayBeRefused = mayBeRefused;
  }

  Witness start() {
    thread.start();
    return this;
  }

  private void ask() {
    for (int i = 0; !stopped; i++) {
      try {
        if (i % 5 == 0) {
          status();
        } else {
          sync();
        }
        Thread.sleep(20);
      } catch (CommandException e) {
        failures.add(e.exitCode() + " " + e.getMessage());
        if (!MAY_FAIL.contains(e.exitCode())
            && !(mayBeRefused && e.exitCode() == ExitCode.FENCED)) {
          violations.add("the daemon answered " + e.exitCode() + ": " + e.getMessage());
        }
        rest();
      } catch (IOException e) {
        failures.add(e.toString());
        rest();
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(30);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void sync() throws IOException, CommandException {
    long bytes = database.journal().bytes();
    String answer =
        ControlClient.of(database.name())
            .ask("POST", "/sync?level=stored&timeout=3s", false, PATIENCE);
    acknowledged.add(new Acknowledged(Position.parse(answer), bytes));
  }

  /// Returns when everything is stored; false if the daemon has refused to go on, as it may.
  boolean awaitStored() throws IOException {
    long bytes = database.journal().bytes();
    try {
      String answer =
          ControlClient.of(database.name())
              .ask("POST", "/sync?level=stored&timeout=20s", false, STORED_PATIENCE);
      acknowledged.add(new Acknowledged(Position.parse(answer), bytes));
      return true;
    } catch (CommandException e) {
      if (mayBeRefused && e.exitCode() == ExitCode.FENCED) {
        return false;
      }
      throw new Violation("sync ended with " + e.exitCode() + ": " + e.getMessage());
    }
  }

  private void status() throws IOException, CommandException {
    String json = ControlClient.of(database.name()).ask("GET", "/status", true, PATIENCE);
    Optional<Position> stored = field(json, "stored");
    Optional<Position> spooled = field(json, "spooled");
    Optional<Position> local = field(json, "local");
    stored.ifPresent(position -> acknowledged.add(new Acknowledged(position, 0)));
    if (txid(stored) > txid(spooled) || txid(spooled) > txid(local)) {
      violations.add("status contradicts itself: " + json);
    }
  }

  private static long txid(Optional<Position> position) {
    return position.map(it -> it.txid().value()).orElse(0L);
  }

  private static Optional<Position> field(String json, String name) {
    Matcher found = Pattern.compile('"' + name + "\":\"([^\"]{33})\"").matcher(json);
    return found.find() ? Optional.of(Position.parse(found.group(1))) : Optional.empty();
  }

  /// Whether a daemon answers.
  boolean isUp() {
    try {
      ControlClient.of(database.name()).ask("GET", "/status", true, PATIENCE);
      return true;
    } catch (IOException | CommandException _) {
      return false;
    }
  }

  /// Whether the daemon is there, and does not ship yet.
  boolean isStarting() {
    try {
      String json = ControlClient.of(database.name()).ask("GET", "/status", true, PATIENCE);
      return json.contains("\"state\":\"starting\"") || !json.contains("\"state\":");
    } catch (IOException | CommandException _) {
      return true;
    }
  }

  /// After [#stop].
  List<Acknowledged> acknowledged() {
    return acknowledged;
  }

  List<String> violations() {
    return violations;
  }

  List<String> failures() {
    return failures;
  }

  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
