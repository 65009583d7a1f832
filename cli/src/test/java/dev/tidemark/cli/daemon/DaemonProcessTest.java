package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.TidemarkProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Signals and exit statuses of a real daemon process.
@Timeout(60)
class DaemonProcessTest {
  private static final String STARTED = "shipping to ";

  @TempDir Path folder;

  @Test
  void drainsAndEndsWithZero() throws Exception {
    TidemarkProcess process = new TidemarkProcess(folder);
    Process daemon = start(process, "true", "true");
    awaitLog(STARTED);
    signal(daemon, "TERM");
    TidemarkProcess.Result result = process.finish(daemon);
    assertThat(result.err()).contains("got SIGTERM, draining").contains("everything is stored");
    assertThat(result.status()).isZero();
  }

  @Test
  void endsWithFiveWhenThingsAreOnlySpooled() throws Exception {
    TidemarkProcess process = new TidemarkProcess(folder);
    Process daemon = start(process, "false", "true");
    awaitLog(STARTED);
    signal(daemon, "INT");
    TidemarkProcess.Result result = process.finish(daemon);
    assertThat(result.err()).contains("not everything is stored");
    assertThat(result.status()).isEqualTo(5);
  }

  @Test
  void stopsAtOnceOnASecondSignal() throws Exception {
    TidemarkProcess process = new TidemarkProcess(folder);
    Process daemon = start(process, "true", "false");
    awaitLog(STARTED);
    signal(daemon, "TERM");
    awaitLog("got SIGTERM");
    signal(daemon, "TERM");
    assertThat(process.finish(daemon).status()).isEqualTo(143);
  }

  @Test
  void endsWithTheStatusOfTheApplication() throws Exception {
    TidemarkProcess process = new TidemarkProcess(folder);
    TidemarkProcess.Result result =
        process.finish(start(process, "true", "true", "echo hi; exit 3"));
    assertThat(result.out()).isEqualTo("hi\n");
    assertThat(result.status()).isEqualTo(3);
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
    TidemarkProcess process = new TidemarkProcess(folder);
    Process daemon = start(process, "true", "true", "bash " + script);
    awaitLog("ready");
    signal(daemon, "HUP");
    signal(daemon, "TERM");
    TidemarkProcess.Result result = process.finish(daemon);
    assertThat(result.out()).endsWith("bye\n");
    assertThat(result.status()).isEqualTo(7);
  }

  private Process start(TidemarkProcess process, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = folder.resolve("app.db").toString();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return process.start("dev.tidemark.cli.daemon.StillDaemon", all);
  }

  private void awaitLog(String text) throws Exception {
    while (!Files.readString(folder.resolve("stderr")).contains(text)) {
      Thread.sleep(20);
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }
}
