package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.restore.Verify;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.store.Counted;
import dev.tidemark.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `verify`: reads everything that a restore could need.
@Command(
    name = "verify",
    description = {
      "Read everything a restore could need, and check it. Exit code 3 if a promised position is in"
          + " danger.",
      ""
    })
final class VerifyCommand implements Callable<Integer> {
  /// How long a daemon may take to store what is committed.
  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(30);

  @Parameters(paramLabel = "URL", description = "Where the log lies.")
  String url;

  @Option(
      names = "--against",
      paramLabel = "DB",
      description =
          "Compare the head with this live database. If no daemon ships it, it must not change"
              + " meanwhile.")
  Optional<Path> against = Optional.empty();

  @Mixin JsonOption json;
  @Mixin ProgressOption progressOption;

  @Override
  public Integer call() throws Exception {
    return StoreLocation.reading(url, this::verify);
  }

  private int verify() throws Exception {
    VerifyResult result;
    try (ObjectStore store = StoreLocation.open(url);
        Progress progress = progressOption.start();
        StopOnSignal _ = new StopOnSignal()) {
      Verify verify =
          new Verify(
              store,
              Path.of(System.getProperty("java.io.tmpdir")),
              RestoreOptions.DEFAULT.parallelism(),
              new ReadProgress(progress, "verifying"));
      result = against.isPresent() ? against(verify, against.get()) : verify.run();
    }
    if (json.enabled()) {
      System.out.println(json(result));
    } else if (result.ok()) {
      System.out.print(text(result));
    }
    if (!result.ok()) {
      throw refusal(result);
    }
    return ExitCode.DONE.status();
  }

  private static VerifyResult against(Verify verify, Path database) throws Exception {
    try (LiveDatabase live = LiveDatabase.open(database)) {
      boolean stored = isStored(database);
      VerifyResult result = verify.against(live);
      if (!stored && !result.ok() && live.hasMoved()) {
        throw new CommandException(
            ExitCode.FAILED,
            database
                + ": was written to while it was compared; pause the application and try again");
      }
      return live.leftOut() == 0 ? result : withNote(result, database, live.leftOut());
    }
  }

  /// Lets a daemon store everything that is committed, if there is one.
  private static boolean isStored(Path database) throws IOException {
    try {
      String target = "/sync?level=stored&timeout=" + SYNC_TIMEOUT.toMillis() + "ms";
      ControlClient.of(database).ask("POST", target, false, SYNC_TIMEOUT.plusSeconds(5));
      return true;
    } catch (CommandException _) {
      return false;
    }
  }

  private static VerifyResult withNote(VerifyResult result, Path database, int pages) {
    List<VerifyResult.Note> notes = new ArrayList<>(result.notes());
    notes.add(
        new VerifyResult.Note(
            database.toString(),
            "written to meanwhile, so not compared: " + Counted.of(pages, "page")));
    return new VerifyResult(result.head(), result.objects(), result.problems(), notes);
  }

  /// One problem fits the line; several are listed before it.
  private CommandException refusal(VerifyResult result) {
    if (result.problems().size() == 1) {
      return new CommandException(
          ExitCode.CORRUPT, url + ": " + text(result.problems().getFirst()));
    }
    result.problems().forEach(problem -> System.err.println(text(problem)));
    return new CommandException(
        ExitCode.CORRUPT, url + ": " + result.problems().size() + " problems, listed above");
  }

  private static String text(VerifyResult.Problem problem) {
    return problem.key()
        + ": "
        + problem.problem()
        + problem.positions().map(lost -> "; lost: " + lost).orElse("");
  }

  private static Json json(VerifyResult result) {
    return new Json()
        .truth("ok", result.ok())
        .text("head", result.head())
        .number("objects", result.objects())
        .list(
            "problems",
            result.problems().stream()
                .map(problem ->
                    new Json()
                        .text("key", problem.key())
                        .text("problem", problem.problem())
                        .text("positions", problem.positions()))
                .toList())
        .list(
            "notes",
            result.notes().stream()
                .map(note -> new Json().text("key", note.key()).text("note", note.note()))
                .toList());
  }

  private static String text(VerifyResult result) {
    StringBuilder out = new StringBuilder();
    result.notes().forEach(note -> out.append("note  %s: %s%n".formatted(note.key(), note.note())));
    return out.append(
            "ok    %s, head %s%n"
                .formatted(
                    Counted.of(result.objects(), "object"),
                    result.head().map(Object::toString).orElse("none yet")))
        .toString();
  }
}
