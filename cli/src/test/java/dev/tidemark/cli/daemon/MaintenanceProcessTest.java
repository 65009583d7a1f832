package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.store.s3.S3TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A real daemon that maintains the logs that it writes.
@Timeout(120)
class MaintenanceProcessTest extends DaemonFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void mergesAndDeletesWhileItShips() throws Exception {
    Process daemon =
        start(
            "log",
            """
            maintenance: inside
            maintenance-interval: 0s
            keep: transactions=0s,hourly=1d
            levels: 1s,2s
            snapshot-every: 3s
            grace: 0s
            boundary-every: 0s
            """);
    while (!Files.exists(folder.resolve("log/snapshots")) || deleted() == 0) {
      application.exec("INSERT INTO t VALUES (randomblob(500))");
      Thread.sleep(100);
      assertThat(daemon.isAlive()).as(stderr()).isTrue();
    }
    String position = ask("POST", "/sync?level=stored&timeout=60s", false).strip();
    String status = awaitStatus(json -> json.contains("\"maintained_at\":\"2"));
    assertThat(status).contains("\"maintenance_problem\":null");
    assertThat(Instant.parse(status.replaceAll(".*\"maintained_at\":\"([^\"]*)\".*", "$1")))
        .isBetween(Instant.now().minusSeconds(100), Instant.now());
    assertThat(ask("GET", "/status", false)).contains("maintain  last at 2");
    stop(daemon);
    assertThat(stderr()).contains("maintenance: made merged/", "maintenance: deleted ");
    assertThat(stderr()).doesNotContain("WARN", "ERROR");
    TidemarkProcess.Result restored = tidemark.run("restore", "log", "copy.db");
    assertThat(restored.out()).contains(position);
    assertThat(tidemark.run("verify", "log").status()).isZero();
  }

  @Test
  void reachesAStoreWithTheDaemonsOwnCredentials() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      tidemark =
          new TidemarkProcess(
              folder,
              Map.of(
                  "AWS_ACCESS_KEY_ID", server.accessKey(),
                  "AWS_SECRET_ACCESS_KEY", server.secretKey()));
      Process daemon =
          start(
              server.newBucket().toString(),
              """
              maintenance: inside
              maintenance-interval: 0s
              snapshot-every: 0s
              keep: hourly=7d
              """);
      String status = awaitStatus(json -> json.contains("\"maintained_at\":\"2"));
      assertThat(status).contains("\"maintenance_problem\":null");
      stop(daemon);
      assertThat(stderr())
          .contains("maintenance: made snapshots/")
          .containsOnlyOnce("'keep' names no transactions in 'hourly=7d'");
    }
  }

  @Test
  void tellsOfDamageAndGoesOnShipping() throws Exception {
    Process daemon = start("log", "");
    for (int i = 0; i < 3; i++) {
      application.exec("INSERT INTO t VALUES (randomblob(500))");
      ask("POST", "/sync?level=stored&timeout=60s", false);
    }
    stop(daemon);
    Path lost;
    try (Stream<Path> segments = Files.list(folder.resolve("log/log"))) {
      lost = segments.sorted().skip(1).findFirst().orElseThrow();
    }
    Files.delete(lost);
    daemon =
        start(
            "log",
            """
            maintenance: inside
            maintenance-interval: 0s
            """);
    String status = awaitStatus(json -> !json.contains("\"maintenance_problem\":null"));
    assertThat(status).contains("is missing", "\"maintained_at\":\"2");
    application.exec("INSERT INTO t VALUES (7)");
    ask("POST", "/sync?level=stored&timeout=60s", false);
    stop(daemon);
    assertThat(stderr()).contains("ERROR", "maintenance found damage: ");
  }

  @Test
  void endsTheRunThatIsUnderWayWithItself() throws Exception {
    application.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            + " INSERT INTO t SELECT randomblob(60000) FROM n");
    Process daemon =
        start(
            "log",
            """
            maintenance: inside
            maintenance-interval: 0s
            maintenance-rate: 1MiB
            snapshot-every: 0s
            """);
    while (daemon.descendants().noneMatch(ProcessHandle::isAlive)) {
      assertThat(daemon.isAlive()).as(stderr()).isTrue();
      Thread.sleep(20);
    }
    ProcessHandle run = daemon.descendants().findFirst().orElseThrow();
    stop(daemon);
    assertThat(run.isAlive()).isFalse();
    try (Stream<Path> left = Files.walk(folder.resolve("log"))) {
      assertThat(left.filter(Files::isRegularFile).map(Path::toString))
          .noneMatch(path -> path.contains("snapshots"));
    }
  }

  /// How many segments are gone.
  private long deleted() throws Exception {
    try (Stream<Path> segments = Files.list(folder.resolve("log/log"))) {
      long first =
          segments
              .map(path -> Long.parseLong(path.getFileName().toString().substring(0, 16), 16))
              .min(Long::compare)
              .orElse(1L);
      return first - 1;
    }
  }

  private Process start(String url, String keys) throws Exception {
    Files.writeString(
        folder.resolve("tidemark.yml"), keys + "databases: [{path: app.db, url: '" + url + "'}]\n");
    Process daemon =
        tidemark.start("dev.tidemark.cli.Main", "replicate", "--config", "tidemark.yml");
    while (!stderr().contains("shipping to ")) {
      assertThat(daemon.isAlive()).as(stderr()).isTrue();
      Thread.sleep(20);
    }
    return daemon;
  }

  private void stop(Process daemon) {
    daemon.destroy();
    assertThat(tidemark.finish(daemon).status()).isZero();
  }

  private String stderr() throws Exception {
    return Files.readString(folder.resolve("stderr"));
  }

  private String ask(String method, String path, boolean json) throws Exception {
    return ControlClient.of(folder.resolve("app.db")).ask(method, path, json, PATIENCE);
  }

  private String awaitStatus(Predicate<String> condition) throws Exception {
    String status = ask("GET", "/status", true);
    while (!condition.test(status)) {
      Thread.sleep(50);
      status = ask("GET", "/status", true);
    }
    return status;
  }
}
