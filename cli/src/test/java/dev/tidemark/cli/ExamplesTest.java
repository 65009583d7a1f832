package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.daemon.ConfigFile;
import dev.tidemark.cli.daemon.DaemonConfig;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreMeter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files in `examples` work as they are.
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();
  private static final Pattern TIMEOUT =
      Pattern.compile("(?m)^(?:TimeoutStopSec=| +stop_grace_period: )(\\S+)$");

  @TempDir Path folder;

  @Test
  void theConfigFileIsReadAndNamesTheDefaults() throws Exception {
    DaemonConfig config = config();
    assertThat(config.shutdownTimeout()).isEqualTo(DaemonConfig.SHUTDOWN_TIMEOUT);
    DaemonConfig.Source first = config.databases().getFirst();
    assertThat(first)
        .isEqualTo(
            new DaemonConfig.Source(
                Path.of("/var/lib/app/app.db"),
                "s3://backups/app?region=eu-central-1",
                Optional.empty(),
                DaemonConfig.SYNC_INTERVAL,
                DaemonConfig.SPOOL_SYNC,
                DaemonConfig.SPOOL_QUOTA_BYTES,
                DaemonConfig.WAL_CAP_BYTES,
                DaemonConfig.AUDIT_INTERVAL,
                Optional.empty()));
    for (DaemonConfig.Source source : config.databases()) {
      assertThat(StoreLocation.parse(source.url())).isNotNull();
    }
  }

  @Test
  void whoStopsTheDaemonGivesItTheTimeToDrain() throws Exception {
    for (String file : List.of("tidemark.service", "compose.yml")) {
      Matcher timeout = TIMEOUT.matcher(Files.readString(EXAMPLES.resolve(file)));
      assertThat(timeout.find()).as(file).isTrue();
      assertThat(Words.duration(timeout.group(1)))
          .as(file)
          .isGreaterThan(config().shutdownTimeout());
    }
  }

  @Test
  void anApplicationWaitsUntilItsCommitIsStored() throws Exception {
    Path database = folder.resolve("app.db");
    Path bucket = folder.resolve("bucket");
    TidemarkProcess tidemark = new TidemarkProcess(Files.createDirectory(folder.resolve("daemon")));
    try (SqliteProcess app = SqliteProcess.open(database)) {
      app.exec("CREATE TABLE t(x)");
      Process daemon =
          tidemark.start(
              "dev.tidemark.cli.Main", "replicate", database.toString(), bucket.toString());
      Path socket = folder.resolve(".app.db-tidemark/control.sock");
      while (!Files.exists(socket)) {
        assertThat(daemon.isAlive()).isTrue();
        Thread.sleep(20);
      }
      app.exec("INSERT INTO t VALUES (1)");
      Process wait =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  EXAMPLES.resolve("Wait.java").toString(),
                  database.toString(),
                  "30s")
              .redirectErrorStream(true)
              .start();
      String answer = new String(wait.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(wait.waitFor()).as(answer).isZero();
      daemon.destroy();
      assertThat(tidemark.finish(daemon).status()).isZero();
      try (ObjectStore store = StoreLocation.open(bucket.toString())) {
        String head =
            LogSummary.read(store, new StoreMeter(), bucket.toString(), Optional.empty())
                .json()
                .toString();
        String position = answer.replaceAll("(?s).*\"position\":\"([^\"]+)\".*", "$1");
        assertThat(head).contains("\"head\":\"" + position + "\"");
      }
    }
  }

  private static DaemonConfig config() throws Exception {
    return ConfigFile.read(EXAMPLES.resolve("tidemark.yml"), _ -> Optional.empty());
  }
}
