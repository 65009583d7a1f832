package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.s3.S3TestServer;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands against an S3 server that checks signatures.
@Timeout(120)
class S3LogTest {
  @TempDir Path folder;

  @Test
  void shipsAndRestores() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      String url = server.newBucket().toString();
      application.exec("CREATE TABLE t(x)");
      assertThat(run(server, "replicate", "app.db", url, "--once").status()).isZero();
      application.exec("INSERT INTO t VALUES (42)");
      assertThat(run(server, "replicate", "app.db", url, "--once").status()).isZero();
      assertThat(run(server, "log", url, "--json").out().lines()).hasSize(2);
      TidemarkProcess.Result verified = run(server, "verify", url, "--against", "app.db", "--json");
      assertThat(verified.out()).startsWith("{\"ok\":true,");
      assertThat(run(server, "restore", url, "copy.db", "--json").status()).isZero();
      try (SqliteProcess copy = SqliteProcess.openAsIs(folder.resolve("copy.db"))) {
        assertThat(copy.queryLong("SELECT x FROM t")).isEqualTo(42);
      }
    }
  }

  @Test
  void saysWhyTheStoreRefuses() throws Exception {
    try (S3TestServer server = S3TestServer.start();
        SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      String url = server.newBucket().toString();
      application.exec("CREATE TABLE t(x)");
      assertThat(run(server, "replicate", "app.db", url, "--once").status()).isZero();
      TidemarkProcess impostor = process(folder, server, "wrong");
      refused("AWS_SECRET_ACCESS_KEY", impostor.run("replicate", "app.db", url, "--once"));
      refused("AWS_SECRET_ACCESS_KEY", impostor.run("restore", url, "copy.db"));
      String absent = server.url("no-such-bucket", "p").toString();
      refused("does not exist", run(server, "replicate", "app.db", absent, "--once"));
      refused("does not exist", run(server, "status", absent));
      TidemarkProcess.Result nothing =
          run(server, "restore", url.replace("some/prefix", "other"), "copy.db");
      assertThat(nothing.err()).contains("there is no backup").hasLineCount(1);
      assertThat(nothing.status()).isEqualTo(4);
    }
  }

  @Test
  void storeThatIgnoresConditionsIsDetectOnly() throws Exception {
    try (S3TestServer server = S3TestServer.ignoringConditions();
        SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      StoreUrl.S3 url = server.newBucket();
      application.exec("CREATE TABLE t(x)");
      TidemarkProcess.Result examined = run(server, "doctor", url.toString(), "--json");
      assertThat(examined.err()).contains("failed    duel:", "mode detect-only: two writers");
      assertThat(examined.out()).isEmpty();
      assertThat(examined.status()).isEqualTo(7);
      Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
      Process daemon =
          process(elsewhere, server, server.secretKey())
              .start("dev.tidemark.cli.Main", "replicate", "../app.db", url.toString());
      while (run(server, "sync", "app.db").status() != 0) {
        assertThat(daemon.isAlive()).isTrue();
      }
      assertThat(run(server, "status", "app.db", "--json").out())
          .contains("\"mode\":\"detect-only\"");
      assertThat(run(server, "status", "app.db").out()).contains("detect-only: the store does not");
      daemon.destroy();
      assertThat(daemon.waitFor()).isZero();
      assertThat(Files.readString(elsewhere.resolve("stderr")))
          .contains("ignores put-if-absent", "never run more than one");
    }
  }

  @Test
  void answersThatFailNowAndThenEndNoCommand() throws Exception {
    try (S3TestServer server = S3TestServer.failingOften()) {
      StoreUrl.S3 url = server.newBucket();
      PageHistory history = PageHistory.random(new PageSize(512), new Random(3), 6, 20);
      try (ObjectStore store = server.open(url)) {
        LogBuilder log = new LogBuilder(store, new Id128(1, 2), history);
        log.database();
        for (int i = 1; i <= 6; i++) {
          log.segment(i, i);
        }
      }
      assertThat(run(server, "restore", url.toString(), "copy.db").status()).isZero();
      assertThat(folder.resolve("copy.db")).hasBinaryContent(history.file(6));
      assertThat(run(server, "verify", url.toString()).status()).isZero();
      assertThat(run(server, "log", url.toString()).out().lines()).hasSize(6);
    }
  }

  @Test
  void verifyListsUploadsThatNeverEnded() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      StoreUrl.S3 url = bucketWithALog(server);
      server.beginUpload(url, "snapshots/a");
      server.beginUpload(url, "snapshots/b");
      TidemarkProcess.Result verified = run(server, "verify", url.toString());
      assertThat(verified.out().lines())
          .hasSize(3)
          .first()
          .asString()
          .startsWith("note  snapshots/a: is an upload that never ended, or is under way");
      assertThat(verified.status()).isZero();
      assertThat(server.unfinishedUploads(url.bucket())).isEqualTo(2);
    }
  }

  @Test
  void verifyGoesWithoutTheRightToListUploads() throws Exception {
    try (S3TestServer server = S3TestServer.hidingUploads()) {
      StoreUrl.S3 url = bucketWithALog(server);
      TidemarkProcess.Result verified = run(server, "verify", url.toString());
      assertThat(verified.out().lines())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("note  uploads: whether any never ended is not known: ")
          .contains("allow s3:ListBucketMultipartUploads");
      assertThat(verified.status()).isZero();
    }
  }

  private static StoreUrl.S3 bucketWithALog(S3TestServer server) throws Exception {
    StoreUrl.S3 url = server.newBucket();
    PageHistory history = PageHistory.random(new PageSize(512), new Random(3), 2, 20);
    try (ObjectStore store = server.open(url)) {
      new LogBuilder(store, new Id128(1, 2), history).database().segment(1, 2);
    }
    return url;
  }

  @Test
  void doctorThatIsStoppedLeavesNothing() throws Exception {
    try (S3TestServer server = S3TestServer.start()) {
      StoreUrl.S3 url = server.newBucket();
      TidemarkProcess tidemark = process(folder, server, server.secretKey());
      Process doctor = tidemark.start("dev.tidemark.cli.Main", "doctor", url.toString());
      try (ObjectStore store = server.open(url)) {
        while (store.list("", "").objects().isEmpty()) {
          assertThat(doctor.isAlive()).isTrue();
        }
        doctor.destroy();
        tidemark.finish(doctor);
        assertThat(store.list("", "").objects()).isEmpty();
        assertThat(server.unfinishedUploads(url.bucket())).isZero();
      }
    }
  }

  private TidemarkProcess.Result run(S3TestServer server, String... line) {
    return process(folder, server, server.secretKey()).run(line);
  }

  private static TidemarkProcess process(Path place, S3TestServer server, String secretKey) {
    return new TidemarkProcess(
        place, Map.of("AWS_ACCESS_KEY_ID", server.accessKey(), "AWS_SECRET_ACCESS_KEY", secretKey));
  }

  private static void refused(String message, TidemarkProcess.Result result) {
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(7);
  }
}
