package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.s3.S3TestServer;
import java.nio.file.Path;
import java.util.Map;
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
      TidemarkProcess impostor = process(server, "wrong");
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

  private TidemarkProcess.Result run(S3TestServer server, String... line) {
    return process(server, server.secretKey()).run(line);
  }

  private TidemarkProcess process(S3TestServer server, String secretKey) {
    return new TidemarkProcess(
        folder,
        Map.of("AWS_ACCESS_KEY_ID", server.accessKey(), "AWS_SECRET_ACCESS_KEY", secretKey));
  }

  private static void refused(String message, TidemarkProcess.Result result) {
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(7);
  }
}
