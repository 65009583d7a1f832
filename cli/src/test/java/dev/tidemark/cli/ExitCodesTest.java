package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What scripts rely on: the exit code, one line on stderr, nothing on stdout.
class ExitCodesTest {
  @TempDir Path folder;

  private TidemarkProcess tidemark;

  @BeforeEach
  void start() {
    tidemark = new TidemarkProcess(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | did you mean 'status' | statsu",
        "2 | did you mean '--level' | sync a.db --levle stored",
        "2 | unexpected argument 'b' | sync a.db b",
        "2 | a command is needed | ''",
        "2 | a command is needed | ltx",
        "2 | is not a duration | sync a.db --timeout 5",
        "2 | is not one of | sync a.db --level gone",
        "2 | URL is missing | replicate a.db",
        "2 | position must be | replicate a.db file:///nowhere --take-over=12",
        "2 | not both | replicate a.db file:///nowhere --config c.yml",
        "2 | unknown URL parameter 'nope' | status s3://bucket/log?nope=1",
        "2 | txid must be 16 hex digits | log file:///nowhere --from 12",
        "2 | unknown command 'statsu' | help statsu",
        "2 | did you mean 'dump' | help ltx dmp",
        "4 | no daemon ships a.db, and there is no such file | status a.db",
        "4 | its folder does not exist | replicate none/a.db file:///nowhere",
        "4 | no daemon ships a.db | sync a.db --json",
        "4 | absent.ltx: no such file | ltx dump absent.ltx",
        "4 | no such database | replicate absent.db file:///nowhere --once",
        "7 | mkdir -p '/nowhere/at/all' | doctor file:///nowhere/at/all",
        "7 | nowhere | status file:///nowhere/at/all",
      })
  void endsWithItsCodeAndOneLine(int status, String message, String line) {
    List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
    TidemarkProcess.Result result = tidemark.run(words.toArray(String[]::new));
    assertThat(result.err()).startsWith("tidemark: ").contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void refusesANoteThatIsNone() {
    TidemarkProcess.Result result =
        tidemark.run("pin", "file:///nowhere", "--name", "a", "--note", "x".repeat(1_001));
    assertThat(result.err()).contains("--note has more than 1000 characters").hasLineCount(1);
    assertThat(result.status()).isEqualTo(2);
  }

  @Test
  void showsAStackTraceOnlyForDebug() {
    TidemarkProcess.Result result = tidemark.run("status", "a.db", "--debug");
    assertThat(result.err()).contains("\tat dev.tidemark.cli.");
    assertThat(result.status()).isEqualTo(4);
  }

  @Test
  void findsNoBackupInAnEmptyFolder() throws Exception {
    Path root = Files.createDirectory(folder.resolve("log"));
    TidemarkProcess.Result result = tidemark.run("log", root.toString(), "--json");
    assertThat(result.err()).contains("no backup at " + root).hasLineCount(1);
    assertThat(result.status()).isEqualTo(4);
  }

  @Test
  void examinesALocalFolder() throws Exception {
    Path root = Files.createDirectory(folder.resolve("log"));
    TidemarkProcess.Result result = tidemark.run("doctor", "--json", root.toUri().toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith("{\"url\":\"file:")
        .contains("\"ok\":true,\"mode\":\"fenced\"");
    assertThat(result.status()).isZero();
    try (var left = Files.walk(root).filter(Files::isRegularFile)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"help,--help", "help sync,sync --help", "help ltx dump,ltx dump --help"})
  void helpShowsWhatTheOptionShows(String command, String option) {
    TidemarkProcess.Result result = tidemark.run(command.split(" "));
    assertThat(result.out()).isEqualTo(tidemark.run(option.split(" ")).out()).contains("Usage: ");
    assertThat(result.status()).isZero();
  }

  @Test
  void aFullDiskBehindStdoutIsAFailure() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    assertThat(completionTo("/dev/full"))
        .contains("tidemark: stdout cannot be written: ")
        .endsWith("ended with 1");
  }

  @Test
  void aReaderThatHasSeenEnoughIsNone() throws Exception {
    assertThat(completionTo("| head -1 >/dev/null")).isEqualTo("ended with 0");
  }

  /// What a shell sees of it on stderr, and how it ended.
  private String completionTo(String target) throws Exception {
    String redirection = target.startsWith("|") ? target : ">" + target;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process shell =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "{ \"$0\" --enable-native-access=ALL-UNNAMED -cp \"$1\" dev.tidemark.cli.Main"
                    + " completion bash; echo \"ended with $?\" >&2; } "
                    + redirection,
                java,
                System.getProperty("java.class.path"))
            .start();
    String seen = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    shell.waitFor();
    return seen.strip();
  }

  @ParameterizedTest
  @CsvSource({"bash,complete -F", "zsh,bashcompinit", "fish,complete -c tidemark"})
  void printsCompletionScripts(String shell, String expected) {
    TidemarkProcess.Result result = tidemark.run("completion", shell);
    assertThat(result.out()).contains(expected).contains("replicate").contains("sync-interval");
    assertThat(result.out()).contains("captured").doesNotContain("CAPTURED");
    assertThat(result.status()).isZero();
  }
}
