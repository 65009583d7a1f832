package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.CorruptLtxException;
import dev.tidemark.restore.TargetExistsException;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/// The reference pages in `docs` are what the code says; `make docs` writes them anew.
class ReferencePagesTest {
  private static final Path DOCS = Path.of("..", "docs");

  @Test
  void cliPageIsWhatHelpPrints() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Commands

            What `--help` prints, for every command. This page is made from the code by `make docs`.

            What is common to all: data goes to stdout, everything else to stderr; a failure is one line
            and an [exit code](exit-codes.md); `--json` prints one JSON object, or one per line for lists.
            Durations are a number and `ms`, `s`, `m`, `h`, `d`, `w`, `mo` or `y`. Positions are
            `<txid>/<checksum>`, each 16 hex digits. Times are RFC 3339, with a zone. A URL is `file:///folder`,
            a plain path, or `s3://bucket/prefix?endpoint=...&region=...&path-style=true`.
            """);
    usage(Main.commandLine(), "##", page);
    checkPage("cli.md", page.toString());
  }

  private static void usage(CommandLine command, String level, StringBuilder page) {
    page.append("\n%s %s\n\n".formatted(level, command.getCommandSpec().qualifiedName()));
    page.append("```\n");
    command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .forEach(line -> page.append(line.stripTrailing()).append('\n'));
    page.append("```\n");
    for (CommandLine child : new TreeMap<>(command.getSubcommands()).values()) {
      usage(child, "###", page);
    }
  }

  @Test
  void exitCodePageIsWhatFailuresBecome() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Exit codes

            A contract for scripts: more may be added, none of these changes. This page is made from the
            code by `make docs`; what to do about each is in the [manual](manual.md#what-to-do-when).

            | code | meaning | when |
            | ---: | --- | --- |
            """);
    for (ExitCode code : ExitCode.values()) {
      page.append("| %d | %s | %s |\n".formatted(code.status(), meaning(code), cases(code)));
    }
    page.append(
        """

        `replicate --exec` ends with the application's own status when that is not 0. A second SIGTERM or
        SIGINT ends the daemon at once with 143 or 130.

        ## From exceptions

        | exception | code |
        | --- | ---: |
        """);
    samples()
        .forEach((failure, what) ->
            page.append(
                "| `%s`: %s | %d |\n"
                    .formatted(
                        failure.getClass().getSimpleName(), what, ExitCode.of(failure).status())));
    checkPage("exit-codes.md", page.toString());
  }

  private static String meaning(ExitCode code) {
    return switch (code) {
      case DONE -> "done";
      case FAILED -> "unexpected failure";
      case USAGE -> "usage or configuration";
      case CORRUPT -> "corrupt or unverifiable data";
      case NOT_FOUND -> "not found";
      case TIMED_OUT -> "timed out";
      case FENCED -> "fenced or diverged";
      case STORAGE -> "storage unreachable or refused";
      case EXISTS -> "target exists";
    };
  }

  private static String cases(ExitCode code) {
    return switch (code) {
      case DONE -> "";
      case FAILED -> "a bug, or an error of the local disk";
      case USAGE ->
          "unknown option or URL parameter, wrong config file; a file that cannot be shipped: no"
              + " database, encrypted, rollback journal, exclusive locking, network file system, no"
              + " permission";
      case CORRUPT -> "damage or a hole in the log; written by a newer version";
      case NOT_FOUND -> "no backup there, no such position or time, no daemon for this database";
      case TIMED_OUT ->
          "`sync --timeout`; `--shutdown-timeout` passed with transactions that are only spooled";
      case FENCED ->
          "another writer holds the slot, the head is not on this machine's record, another"
              + " database's log, a second daemon for the database";
      case STORAGE ->
          "missing bucket, credentials, permission, no route; the log is gone, or the root"
              + " of a local store";
      case EXISTS -> "the target of `restore`, its `-wal`, `-shm` or `-journal` exists, or is open";
    };
  }

  /// Every case of [ExitCode#of], and one that has none.
  private static Map<Throwable, String> samples() {
    Map<Throwable, String> samples = new LinkedHashMap<>();
    samples.put(
        new CommandException(ExitCode.FAILED, ""), "a command's own failure; carries its code");
    samples.put(new ParameterException(Main.commandLine(), ""), "the command line does not parse");
    samples.put(new UnsuitableDatabaseException(""), "the file cannot be shipped as it is");
    samples.put(new DamagedLogException("", ""), "an object of the log is damaged, or missing");
    samples.put(new CorruptLtxException(0, ""), "an LTX file is damaged");
    samples.put(new PositionNotFoundException(""), "the log has no such state");
    samples.put(new NoSuchFileException(""), "a local file does not exist");
    samples.put(new TimeoutException(), "a wait took too long");
    samples.put(new FencedException(""), "this writer must not go on");
    samples.put(
        new StoreException(StoreException.Kind.REFUSED, ""), "the store did not do what was asked");
    samples.put(new TargetExistsException(Path.of("out"), ""), "something would be overwritten");
    samples.put(new IOException(), "anything else");
    return samples;
  }

  private static void checkPage(String name, String content) throws IOException {
    Path page = DOCS.resolve(name);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(page, content);
    }
    List<String> found = Files.exists(page) ? Files.readAllLines(page) : List.of();
    assertThat(found)
        .as("docs/%s is stale: run 'make docs'", name)
        .isEqualTo(content.lines().toList());
  }
}
