package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `verify --against` a database that no daemon ships.
@Timeout(120)
class VerifyAgainstTest {
  @TempDir Path folder;

  private TidemarkProcess tidemark;
  private SqliteProcess application;

  @BeforeEach
  void shipTwice() throws Exception {
    tidemark = new TidemarkProcess(folder);
    application = SqliteProcess.open(folder.resolve("app.db"));
    application.exec("CREATE TABLE t(x)");
    ship();
    application.exec("INSERT INTO t VALUES (1)");
    ship();
  }

  @AfterEach
  void stop() throws Exception {
    application.close();
  }

  private void ship() {
    assertThat(tidemark.run("replicate", "app.db", "log", "--once").status()).isZero();
  }

  private TidemarkProcess.Result verify() {
    return tidemark.run("verify", "log", "--against", "app.db");
  }

  @Test
  void saysWhatDiffersAndHowToStoreIt() throws Exception {
    assertThat(verify().status()).isZero();
    application.exec("INSERT INTO t VALUES (2)");
    TidemarkProcess.Result behind = verify();
    assertThat(behind.status()).isEqualTo(3);
    assertThat(behind.out()).isEmpty();
    assertThat(behind.err())
        .hasLineCount(1)
        .startsWith("tidemark: log: log/: head 0000000000000002/")
        .containsPattern(": the database differs in \\d pages?, the first is \\d; ")
        .endsWith(
            "; no daemon ships app.db, so what was committed after the head is not stored: run"
                + " 'tidemark replicate app.db log --once', and verify again\n");
    ship();
    assertThat(verify().status()).isZero();
  }

  @Test
  void tellsOfDamageToo() throws Exception {
    try (Stream<Path> segments = Files.list(folder.resolve("log/log"))) {
      Path snapshots = Files.createDirectories(folder.resolve("log/snapshots"));
      Files.copy(
          segments.findFirst().orElseThrow(),
          snapshots.resolve("0000000000000001-8000000000000000.ltx.zst"));
    }
    application.exec("INSERT INTO t VALUES (2)");
    TidemarkProcess.Result result = verify();
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err())
        .contains("snapshots/0000000000000001-8000000000000000.ltx.zst: ")
        .contains("log/: head ")
        .contains("2 problems, listed above");
  }
}
