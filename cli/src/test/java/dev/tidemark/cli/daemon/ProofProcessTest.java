package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.store.s3.S3TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real daemon that proves what it stores.
@Timeout(120)
class ProofProcessTest extends DaemonFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void provenFollowsStored() throws Exception {
    Process daemon = start("log", "--prove", "1GiB");
    application.exec("INSERT INTO t VALUES (randomblob(100000))");
    String status = awaitStatus(json -> isProven(json, sync()));
    assertThat(status).contains("\"proof_problems\":[]", "\"proven_from\":\"0000000000000000/");
    Instant at = Instant.parse(field(status, "proven_at"));
    assertThat(at).isBetween(Instant.now().minusSeconds(100), Instant.now());
    stop(daemon);
    daemon = start("log", "--prove", "1GiB");
    assertThat(awaitStatus(json -> field(json, "state").equals("idle")))
        .as("after a restart, with nothing new")
        .contains("\"proven\":\"" + field(status, "proven") + "\"")
        .contains("\"proven_at\":\"" + at + "\"");
    stop(daemon);
    assertThat(Files.readString(folder.resolve("stderr"))).doesNotContain("damaged", "cannot");
  }

  @Test
  void provenFollowsStoredInS3() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      tidemark =
          new TidemarkProcess(
              folder,
              Map.of(
                  "AWS_ACCESS_KEY_ID", server.accessKey(),
                  "AWS_SECRET_ACCESS_KEY", server.secretKey()));
      Process daemon = start(server.newBucket().toString(), "--prove", "1GiB");
      application.exec("INSERT INTO t VALUES (randomblob(3000000))");
      awaitStatus(json -> isProven(json, sync()));
      application.exec("INSERT INTO t VALUES (2)");
      assertThat(awaitStatus(json -> isProven(json, sync()))).contains("\"proof_problems\":[]");
      stop(daemon);
    }
  }

  @Test
  void saysNothingOfAProofUnlessItIsWanted() throws Exception {
    Process daemon = start("log");
    sync();
    assertThat(status()).contains("\"proven\":null,\"proven_at\":null,\"proven_from\":null");
    stop(daemon);
    assertThat(folder.resolve(".app.db-tidemark/proof")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6})
  void findsAFlippedByteAndGoesOnShipping(int segment) throws Exception {
    List<Path> segments = segments(6);
    assertThat(segments).hasSize(7);
    Path damaged = segments.get(segment);
    byte[] sound = Files.readAllBytes(damaged);
    byte[] broken = sound.clone();
    broken[sound.length / 2] ^= 1;
    Files.write(damaged, broken);
    Process daemon = start("log", "--prove", "1GiB");
    String status = awaitStatus(json -> json.contains("\"proof_problems\":[{"));
    String key = "log/" + damaged.getFileName();
    String lost = damaged.getFileName().toString().substring(0, 16);
    String head = segments.getLast().getFileName().toString().substring(0, 16);
    assertThat(status)
        .contains("\"proof_problems\":[{\"key\":\"" + key + "\",")
        .contains("\"positions\":\"" + lost + (segment == 6 ? " and later" : " to " + head));
    assertThat(field(status, "proven"))
        .isEqualTo(
            damaged
                .getFileName()
                .toString()
                .substring(0, 33)
                .replace('-', '/')
                .replaceFirst("^.{16}", "%016x".formatted(Long.parseLong(lost, 16) - 1)));
    application.exec("INSERT INTO t VALUES (7)");
    assertThat(sync()).as("is stored").isNotEqualTo(field(status, "stored"));
    assertThat(Files.readString(folder.resolve("stderr")))
        .contains("ERROR", "the backup is damaged: " + key, "; lost: " + lost);
    stop(daemon);
    Files.write(damaged, sound);
    daemon = start("log", "--prove", "1GiB");
    assertThat(awaitStatus(json -> isProven(json, sync()))).contains("\"proof_problems\":[]");
    stop(daemon);
  }

  @Test
  void findsThatASegmentWasDeletedAfterItWasProven() throws Exception {
    List<Path> segments = segments(6);
    Process daemon = start("log", "--prove", "1GiB");
    awaitStatus(json -> isProven(json, sync()));
    stop(daemon);
    Path gone = segments.get(2);
    Files.delete(gone);
    daemon = start("log", "--prove", "1GiB");
    application.exec("INSERT INTO t VALUES (7)");
    String status = awaitStatus(json -> json.contains("\"proof_problems\":[{"));
    String txid = gone.getFileName().toString().substring(0, 16);
    assertThat(status)
        .contains(
            "\"proof_problems\":[{\"key\":\"log/%s\",\"problem\":\"is missing\",\"positions\":\"%s to %s\"}]"
                .formatted(gone.getFileName(), txid, sync().substring(0, 16)));
    assertThat(Long.parseLong(field(status, "proven").substring(0, 16), 16))
        .isEqualTo(Long.parseLong(txid, 16) - 1);
    stop(daemon);
  }

  /// With a heap that could not hold it.
  @Test
  void provesALargeDatabaseInASmallHeap() throws Exception {
    application.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)"
            + " INSERT INTO t SELECT randomblob(60000) FROM n");
    tidemark = new TidemarkProcess(folder, Map.of("_JAVA_OPTIONS", "-Xmx40m"));
    Process daemon = start("log", "--prove", "100GiB");
    String status = awaitStatus(json -> isProven(json, sync()));
    assertThat(status).contains("\"proof_problems\":[]");
    assertThat(Files.readString(folder.resolve("stderr"))).doesNotContain("out of memory");
    stop(daemon);
  }

  @Test
  void refusesABudgetThatProvesNothing() {
    TidemarkProcess.Result result = tidemark.run("replicate", "app.db", "log", "--prove", "1MB");
    assertThat(result.err()).contains("at least 64MiB").hasLineCount(1);
    assertThat(result.status()).isEqualTo(2);
  }

  /// Ships as many commits, each as a segment of its own; answers all segments.
  private List<Path> segments(int commits) throws Exception {
    Process daemon = start("log");
    for (int i = 0; i < commits; i++) {
      application.exec("INSERT INTO t VALUES (randomblob(500))");
      sync();
    }
    stop(daemon);
    try (var files = Files.list(folder.resolve("log/log"))) {
      return new ArrayList<>(files.sorted().toList());
    }
  }

  private Process start(String url, String... options) throws Exception {
    Process daemon = replicate(url, options);
    while (!Files.readString(folder.resolve("stderr")).contains("shipping to ")) {
      assertThat(daemon.isAlive()).as(Files.readString(folder.resolve("stderr"))).isTrue();
      Thread.sleep(20);
    }
    return daemon;
  }

  private void stop(Process daemon) {
    daemon.destroy();
    assertThat(tidemark.finish(daemon).status()).isZero();
  }

  /// The position up to which everything is stored.
  private String sync() {
    try {
      return ask("POST", "/sync?level=stored&timeout=60s", false).strip();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String status() throws Exception {
    return ask("GET", "/status", true);
  }

  private String ask(String method, String path, boolean json) throws Exception {
    return ControlClient.of(folder.resolve("app.db")).ask(method, path, json, PATIENCE);
  }

  private String awaitStatus(Predicate<String> condition) throws Exception {
    String status = status();
    while (!condition.test(status)) {
      Thread.sleep(50);
      status = status();
    }
    return status;
  }

  private static boolean isProven(String json, String position) {
    return field(json, "proven").equals(position);
  }

  /// Empty if it is null.
  private static String field(String json, String name) {
    String value = json.replaceAll("(?s).*\"" + name + "\":(\"[^\"]*\"|null).*", "$1");
    return value.equals("null") ? "" : value.substring(1, value.length() - 1);
  }
}
