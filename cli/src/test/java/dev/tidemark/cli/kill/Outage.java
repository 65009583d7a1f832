package dev.tidemark.cli.kill;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A store that is away while an application commits on and on, and then is back: what the daemon
/// says and needs meanwhile, and what is in the log afterwards.
final class Outage {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int DIGEST_EVERY = 50;
  private static final long QUOTA_BYTES = 256L << 20;

  private final Path folder;
  private final List<String> launcher;
  private final Depot depot;
  private final long pauseMicros;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> violations = new ArrayList<>();
  private final Set<String> states = new HashSet<>();
  private int port;
  private long lag;
  private long spoolBytes;
  private long folderBytes;
  private long residentMebibytes;

  /// `launcher` begins the command line of a daemon.
  Outage(Path folder, List<String> launcher, Depot depot, long pauseMicros) {
    this.folder = folder;
    this.launcher = launcher;
    this.depot = depot;
    this.pauseMicros = pauseMicros;
  }

  /// What was found, for people.
  record Report(
      long commits,
      long lag,
      long spoolBytes,
      long folderBytes,
      long residentMebibytes,
      long catchUpMillis,
      List<String> violations) {}

  Report run(int seconds) throws Exception {
    Path database = folder.resolve("app.db");
    Path journal = folder.resolve("journal");
    try (SqliteProcess application = SqliteProcess.open(database)) {
      application.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      Process daemon = start(database);
      try {
        awaitStored(database, daemon);
        var writes = new SqliteProcess.Writes(0, pauseMicros, DIGEST_EVERY, 1);
        application.startWrites(journal, writes);
        Thread.sleep(300);
        depot.takeAway();
        watch(database, daemon, seconds * 1_000L);
        depot.bringBack();
        long back = System.nanoTime();
        application.stopWrites();
        awaitStored(database, daemon);
        long catchUp = (System.nanoTime() - back) / 1_000_000;
        look(database, daemon);
        long commits = check(journal, application.image().sha256());
        return new Report(
            commits, lag, spoolBytes, folderBytes, residentMebibytes, catchUp, violations);
      } finally {
        daemon.destroyForcibly().waitFor();
      }
    }
  }

  private Process start(Path database) throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path config =
        Files.writeString(
            folder.resolve("tidemark.yml"),
            """
            http: 127.0.0.1:%d
            databases:
              - path: %s
                url: "%s"
                spool-quota: %dMiB
            """
                .formatted(port, database, depot.url("bucket"), QUOTA_BYTES >> 20));
    List<String> line = new ArrayList<>(launcher);
    line.addAll(List.of("replicate", "--config", config.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile());
    builder.environment().putAll(depot.environment());
    return builder.start();
  }

  private static Position awaitStored(Path database, Process daemon) throws Exception {
    long deadline = System.nanoTime() + 100_000_000_000L;
    while (true) {
      try {
        return Position.parse(
            ControlClient.of(database)
                .ask("POST", "/sync?level=stored&timeout=90s", false, Duration.ofSeconds(95)));
      } catch (CommandException | IOException e) {
        if (!daemon.isAlive() || System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  /// Looks again and again. What waits only grows while nothing can be stored.
  private void watch(Path database, Process daemon, long millis) throws Exception {
    long until = System.nanoTime() + millis * 1_000_000;
    boolean outage = false;
    long before = 0;
    do {
      Thread.sleep(100);
      String json = look(database, daemon);
      long now = number(json, "lag_transactions");
      if (outage && now < before) {
        violations.add("the lag fell from %d during the outage: %s".formatted(before, json));
      }
      outage |= json.contains("\"state\":\"outage\"");
      before = now;
      // However short, it ends only when the daemon has noticed.
    } while (System.nanoTime() - until < 0
        || (!outage && System.nanoTime() - until < 60_000_000_000L));
    if (!outage) {
      violations.add("the state was never outage, but " + states);
    }
    if (before == 0 || spoolBytes == 0) {
      violations.add("nothing waits, says the daemon");
    }
    metrics();
  }

  private String look(Path database, Process daemon) throws IOException, CommandException {
    String json = ControlClient.of(database).ask("GET", "/status", true, PATIENCE);
    Matcher state = Pattern.compile("\"state\":\"([a-z]+)\"").matcher(json);
    if (state.find()) {
      states.add(state.group(1));
    }
    lag = Math.max(lag, number(json, "lag_transactions"));
    spoolBytes = Math.max(spoolBytes, number(json, "spool_bytes"));
    if (spoolBytes > QUOTA_BYTES + (64L << 20)) {
      violations.add("the spool has %d bytes, its quota is %d".formatted(spoolBytes, QUOTA_BYTES));
    }
    folderBytes = Math.max(folderBytes, bytesIn(folder.resolve(".app.db-tidemark")));
    for (String line : Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        residentMebibytes = Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    return json;
  }

  private static long number(String json, String name) {
    Matcher found = Pattern.compile('"' + name + "\":([0-9]+)").matcher(json);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private static long bytesIn(Path state) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(state)) {
      for (Path file : files.toList()) {
        // Gone meanwhile, or a socket: nothing of interest.
        bytes += Files.isRegularFile(file) ? file.toFile().length() : 0;
      }
    }
    return bytes;
  }

  /// The same truth for those who collect figures.
  private void metrics() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    String text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    boolean outage = text.lines().anyMatch(it -> it.matches(".*state=\"outage\"} 1"));
    boolean behind =
        text.lines().anyMatch(it -> it.matches("tidemark_lag_transactions\\{.*} [1-9][0-9]*"));
    boolean spooled =
        text.lines().anyMatch(it -> it.matches("tidemark_spool_bytes\\{.*} [1-9][0-9]*"));
    if (!outage || !behind || !spooled) {
      violations.add("the metrics do not tell of the outage: " + text);
    }
  }

  /// Each commit is a transaction of its own, in order, and those of which it is known what they
  /// came to are equal to the byte.
  private long check(Path journal, String latest) throws Exception {
    List<SqliteProcess.Commit> commits = SqliteProcess.commits(journal);
    // After the first transaction, which is the database as it was found.
    List<LogWalk.State> log =
        LogWalk.states(
            depot.objects("bucket"),
            txid ->
                txid >= 2
                    && txid - 2 < commits.size()
                    && (txid - 1 == commits.size()
                        || !commits.get((int) txid - 2).sha256().isEmpty()));
    if (log.size() != commits.size() + 1) {
      violations.add("%d transactions for %d commits".formatted(log.size(), commits.size()));
      return commits.size();
    }
    for (int i = 0; i < commits.size(); i++) {
      LogWalk.State state = log.get(1 + i);
      String expected = commits.get(i).sha256();
      if (!state.isCommit() || !(expected.isEmpty() || state.sha256().equals(expected))) {
        violations.add("%s is not commit %d".formatted(state, i + 1));
        break;
      }
    }
    if (!log.getLast().sha256().equals(latest)) {
      violations.add("the log does not end with the database");
    }
    return commits.size();
  }
}
