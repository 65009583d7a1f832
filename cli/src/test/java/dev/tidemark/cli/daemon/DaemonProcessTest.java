package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tidemark.cli.TidemarkProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Signals and exit statuses of a real daemon process.
@Timeout(60)
class DaemonProcessTest extends DaemonFixture {
  private static final String STARTED = "shipping to ";

  @Test
  void drainsAndEndsWithZero() throws Exception {
    Process daemon = start();
    awaitLog(STARTED);
    application.exec("INSERT INTO t VALUES (1)");
    signal(daemon, "TERM");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.err())
        .contains("got SIGTERM, draining")
        .contains("everything is stored")
        .doesNotContain("WARN", "ERROR");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(tidemark.run("log", "log", "--json").out().lines()).hasSize(2);
  }

  @Test
  void endsWithFiveWhenThingsAreOnlySpooled() throws Exception {
    Process daemon = start("--shutdown-timeout", "300ms");
    loseStore();
    signal(daemon, "TERM");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.err()).contains("not everything is stored");
    assertThat(result.status()).isEqualTo(5);
  }

  /// What a script starts in the background has SIGINT ignored, with all its descendants.
  @Test
  void drainsWhenItIsInterrupted() throws Exception {
    assumeFalse(isInterruptIgnored(), "SIGINT is ignored by whatever the tests were started from");
    Process daemon = start();
    awaitLog(STARTED);
    signal(daemon, "INT");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.err()).contains("got SIGINT, draining").contains("everything is stored");
    assertThat(result.status()).isZero();
  }

  @Test
  void saysThatTheSpoolIsGone() throws Exception {
    Process daemon = start();
    loseStore();
    loseState();
    signal(daemon, "TERM");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.err())
        .contains("the spool is gone", ".app.db-tidemark was deleted while it was in use")
        .doesNotContain("goes first next time");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void endsWithZeroAfterItsStateWasDeletedWhenNothingIsLeft() throws Exception {
    Process daemon = start();
    awaitLog(STARTED);
    assertThat(tidemarkElsewhere("sync", "../app.db").status()).isZero();
    loseState();
    signal(daemon, "TERM");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.err()).contains("everything is stored");
    assertThat(result.status()).isZero();
  }

  @Test
  void whoDoesNotWaitIsToldThatAllIsStored() throws Exception {
    Process daemon = start();
    awaitLog(STARTED);
    application.exec("INSERT INTO t VALUES (1)");
    assertThat(tidemarkElsewhere("sync", "../app.db").status()).isZero();
    assertThat(tidemarkElsewhere("sync", "../app.db", "--timeout", "0s").status()).isZero();
    loseStore();
    TidemarkProcess.Result late = tidemarkElsewhere("sync", "../app.db", "--timeout", "0s");
    assertThat(late.err()).contains("not everything was stored within 0 ms");
    assertThat(late.status()).isEqualTo(5);
    daemon.destroyForcibly().waitFor();
  }

  /// Moved, since the daemon may make a file in it meanwhile.
  private void loseState() throws Exception {
    Files.move(folder.resolve(".app.db-tidemark"), folder.resolve("state.away"));
  }

  /// What a process prints lies in its folder; this one is not the daemon's.
  private TidemarkProcess.Result tidemarkElsewhere(String... line) throws Exception {
    return new TidemarkProcess(Files.createDirectories(folder.resolve("elsewhere"))).run(line);
  }

  @Test
  void zeroToDrainIsEnoughWhenAllIsStored() throws Exception {
    Process daemon = start("--shutdown-timeout", "0s");
    awaitLog(STARTED);
    assertThat(tidemarkElsewhere("sync", "../app.db").status()).isZero();
    signal(daemon, "TERM");
    assertThat(tidemark.finish(daemon).status()).isZero();
  }

  @Test
  void stopsAtOnceOnASecondSignal() throws Exception {
    Process daemon = start();
    loseStore();
    signal(daemon, "TERM");
    awaitLog("got SIGTERM");
    signal(daemon, "TERM");
    assertThat(tidemark.finish(daemon).status()).isEqualTo(143);
  }

  @Test
  void goesOnAfterAKill() throws Exception {
    Process daemon = start();
    awaitLog(STARTED);
    application.exec("INSERT INTO t VALUES (1)");
    daemon.destroyForcibly().waitFor();
    application.exec("INSERT INTO t VALUES (2)");
    assertThat(tidemark.run("replicate", "app.db", "log", "--once").status()).isZero();
    assertThat(tidemark.run("verify", "log", "--against", "app.db").status()).isZero();
    assertThat(tidemark.run("log", "log", "--json").out().lines())
        .hasSize(3)
        .last()
        .asString()
        .endsWith("\"kind\":\"commit\"}");
  }

  @Test
  void endsWithTheStatusOfTheApplication() {
    TidemarkProcess.Result result = tidemark.finish(start("--exec", "echo hi; exit 3"));
    assertThat(result.out()).isEqualTo("hi\n");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void startsTheApplicationOnlyWhenItsCommitsAreCaptured() throws Exception {
    Process daemon = start("--exec", "ls log/log .app.db-tidemark");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.out()).as("the first transaction, spooled or stored").contains(".ltx.zst");
  }

  @Test
  void startsTheApplicationThatIsToMakeTheDatabase() throws Exception {
    Files.createFile(folder.resolve("empty.db"));
    for (String name : List.of("none.db", "empty.db")) {
      TidemarkProcess.Result result =
          tidemark.run("replicate", name, "log-" + name, "--exec", "echo hi");
      assertThat(result.out()).as(name).isEqualTo("hi\n");
      assertThat(result.status()).as(name).isZero();
    }
  }

  @Test
  void refusesAUsedPortBeforeAnythingElse() throws Exception {
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      TidemarkProcess.Result result =
          tidemark.finish(
              start("--http", "127.0.0.1:" + used.getLocalPort(), "--exec", "echo started"));
      assertThat(result.err())
          .startsWith("tidemark: cannot listen at 127.0.0.1:" + used.getLocalPort())
          .hasLineCount(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.status()).isEqualTo(2);
      assertThat(folder.resolve("log")).doesNotExist();
      assertThat(folder.resolve(".app.db-tidemark")).doesNotExist();
    }
  }

  @Test
  void passesSignalsToTheApplication() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("app.sh"),
            """
            trap 'echo bye; exit 7' TERM
            trap 'echo again' HUP
            echo ready >&2
            while :; do read -t 1 _ <> <(:) || :; done
            """);
    Process daemon = start("--exec", "bash " + script);
    awaitLog("ready");
    signal(daemon, "HUP");
    signal(daemon, "TERM");
    TidemarkProcess.Result result = tidemark.finish(daemon);
    assertThat(result.out()).endsWith("bye\n");
    assertThat(result.status()).isEqualTo(7);
  }

  @Test
  void refusesASecondDaemonAndNamesTheFirst() throws Exception {
    Process daemon = start();
    awaitLog(STARTED);
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    TidemarkProcess.Result second =
        new TidemarkProcess(elsewhere).run("replicate", "../app.db", "../other", "--once");
    assertThat(second.err())
        .contains(".app.db-tidemark: ", "(process " + daemon.pid() + ")")
        .hasLineCount(1);
    assertThat(second.status()).isEqualTo(6);
    signal(daemon, "TERM");
    assertThat(tidemark.finish(daemon).status()).isZero();
  }

  /// The commit after the loss is in the spool when this returns.
  private void loseStore() throws Exception {
    awaitLog(STARTED);
    Files.move(folder.resolve("log"), folder.resolve("log.away"));
    application.exec("INSERT INTO t VALUES (1)");
    awaitLog("out of reach");
  }

  private Process start(String... options) {
    return replicate("log", options);
  }

  private void awaitLog(String text) throws Exception {
    while (!Files.readString(folder.resolve("stderr")).contains(text)) {
      Thread.sleep(20);
    }
  }

  private static boolean isInterruptIgnored() throws Exception {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored = Files.readString(status).replaceAll("(?s).*SigIgn:\\s*(\\p{XDigit}+).*", "$1");
    return (Long.parseUnsignedLong(ignored, 16) & 1 << 1) != 0;
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }
}
