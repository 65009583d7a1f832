package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.TidemarkProcess;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A page that somebody writes behind SQLite's back while the application goes on: the daemon says
/// so and ships it; without its self-audit, `verify --against` tells.
@Timeout(60)
class SelfAuditTest {
  @TempDir Path folder;

  private TidemarkProcess tidemark;
  private TidemarkProcess daemonFolder;
  private SqliteProcess application;
  private Optional<Process> daemon = Optional.empty();

  @BeforeEach
  void begin() throws Exception {
    tidemark = new TidemarkProcess(folder);
    daemonFolder = new TidemarkProcess(Files.createDirectory(folder.resolve("daemon")));
    application = SqliteProcess.open(folder.resolve("app.db"));
    application.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
    application.exec("CREATE TABLE t(x)");
    application.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
            + " INSERT INTO t SELECT randomblob(4000) FROM n");
    application.checkpoint("TRUNCATE");
  }

  @AfterEach
  void end() throws Exception {
    if (daemon.isPresent()) {
      daemon.get().destroyForcibly().waitFor();
    }
    application.close();
  }

  private void start(String auditInterval) throws Exception {
    daemon =
        Optional.of(
            daemonFolder.start(
                "dev.tidemark.cli.Main",
                "replicate",
                "../app.db",
                "../log",
                "--audit-interval",
                auditInterval));
    awaitLog("shipping to ");
  }

  private String log() throws Exception {
    return Files.readString(folder.resolve("daemon/stderr"));
  }

  private void awaitLog(String text) throws Exception {
    while (!log().contains(text)) {
      assertThat(daemon.orElseThrow().isAlive()).as(log()).isTrue();
      Thread.sleep(20);
    }
  }

  private void writeBehindTheBack(int pgno) throws Exception {
    String dd = "printf oops | dd of=app.db bs=1 conv=notrunc status=none seek=";
    Process tool =
        new ProcessBuilder("sh", "-c", dd + ((pgno - 1) * 4096 + 3000))
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertThat(tool.waitFor()).isZero();
  }

  @Test
  void isToldShippedAndCounted() throws Exception {
    start("0s");
    assertThat(tidemark.run("sync", "app.db").status()).isZero();
    writeBehindTheBack(57);
    awaitLog("self-audit: what is in the file is shipped");
    assertThat(log())
        .containsPattern(
            " ERROR self-audit: the database file was changed without a commit, at page 57 and 0"
                + " more of \\d+ compared db=")
        .contains("pages=1 first_pgno=57 before=0000000000000001/");
    assertThat(tidemark.run("status", "--json", "app.db").out())
        .containsPattern("\"audit_last_pass\":(null|\"20.*Z\"),\"audit_pages\":[1-9][0-9]*")
        .contains("\"audit_mismatches\":1");
    assertThat(tidemark.run("sync", "app.db").out()).startsWith("0000000000000002/");
    assertThat(tidemark.run("verify", "log", "--against", "app.db").status()).isZero();
    assertThat(tidemark.run("log", "log", "--json").out().lines())
        .hasSize(2)
        .last()
        .asString()
        .contains("\"pages\":1,")
        .contains("\"kind\":\"resync\"");
  }

  @Test
  void isFoundByVerifyWhileTheApplicationCommits() throws Exception {
    start("off");
    application.startWrites(
        folder.resolve("journal"), SqliteProcess.Writes.saturating(1).pausing(1_000));
    for (int i = 0; i < 3; i++) {
      TidemarkProcess.Result sound = tidemark.run("verify", "log", "--against", "app.db");
      assertThat(sound.err()).isEmpty();
      assertThat(sound.status()).isZero();
    }
    writeBehindTheBack(57);
    TidemarkProcess.Result found = tidemark.run("verify", "log", "--against", "app.db");
    assertThat(found.err()).contains("the database differs in 1 page, the first is 57");
    assertThat(found.status()).isEqualTo(3);
    assertThat(log()).doesNotContain("self-audit");
    application.stopWrites();
  }
}
