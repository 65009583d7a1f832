package dev.tidemark.cli.daemon;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The parsers of the daemon: its config file, the requests of its control socket and the answers,
/// the words of `--exec`.
public final class DaemonTargets {
  private static final String CONFIG =
      """
      http: 127.0.0.1:9797
      shutdown-timeout: 5s
      databases:
        - path: app.db
          url: s3://${BUCKET:-b-1}/app
        - path: "other.db"
          url: file:///backup/other
          sync-interval: 100ms
          spool-sync: off
          spool-quota: 2GiB
      """;

  private DaemonTargets() {}

  /// `folder` is empty.
  public static List<FuzzTarget> all(Path folder) {
    Path config = folder.resolve("tidemark.yaml");
    return List.of(
        FuzzTarget.of(
            "config",
            List.of(
                bytes(CONFIG),
                bytes("%YAML 1.2\n---\ndatabases: [&a {path: a, url: *b}, !!map {? x : y}]\n")),
            input -> config(config, input)),
        FuzzTarget.text(
            "control-request",
            head -> Request.parse(head),
            "POST /sync?level=stored&timeout=10s HTTP/1.1\r\nHost: tidemark\r\nAccept: text/plain",
            "GET /status?a=%20b&c HTTP/1.1\nAccept: application/json"),
        FuzzTarget.of(
            "control-answer",
            List.of(
                bytes("HTTP/1.1 200 OK\r\nTidemark-Exit-Code: 0\r\n\r\n{}\n"),
                bytes("HTTP/1.1 504 Failed\r\nTidemark-Exit-Code: 5\r\n\r\nlate\n")),
            DaemonTargets::answer),
        FuzzTarget.text(
            "command-words",
            command -> CommandWords.of(command),
            "java -jar 'my app.jar' \"a \\\" b\" c\\ d",
            "X=1 run | tee"));
  }

  private static void config(Path file, byte[] input) throws IOException {
    Files.write(file, input);
    try {
      ConfigFile.read(file, _ -> Optional.empty());
    } catch (CommandException e) {
      if (e.exitCode() != ExitCode.USAGE || String.valueOf(e.getMessage()).isBlank()) {
        throw new AssertionError("what is wrong with a config file is bad usage", e);
      }
    }
  }

  private static void answer(byte[] input) {
    try {
      ControlClient.body(Path.of("app.db"), new String(input, StandardCharsets.UTF_8));
    } catch (CommandException _) {
      // The daemon's own failure, or none of its answers.
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
