package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.restore.Verify;
import dev.tidemark.restore.VerifyResult;
import dev.tidemark.store.Counted;
import dev.tidemark.store.ObjectKey;
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

  private VerifyResult against(Verify verify, Path database) throws Exception {
    try (LiveDatabase live = LiveDatabase.open(database)) {
      Optional<CommandException> refusal = store(database);
      VerifyResult result = verify.against(live);
      boolean isAllTheSame = result.problems().stream().noneMatch(VerifyCommand::isDifference);
      if (!isAllTheSame
          && refusal.isPresent()
          && result.problems().size() == 1
          && live.hasMoved()) {
        throw new CommandException(
            ExitCode.FAILED,
            database
                + ": was written to while it was compared; pause the application and try again");
      }
      VerifyResult told = isAllTheSame ? result : withNext(result, next(database, refusal));
      return live.leftOut() == 0 ? told : withNote(told, database, live.leftOut());
    }
  }

  /// Lets a daemon store everything that is committed; answers why it could not.
  private static Optional<CommandException> store(Path database) throws IOException {
    try {
      String target = "/sync?level=stored&timeout=" + SYNC_TIMEOUT.toMillis() + "ms";
      ControlClient.of(database).ask("POST", target, false, SYNC_TIMEOUT.plusSeconds(5));
      return Optional.empty();
    } catch (CommandException e) {
      return Optional.of(e);
    }
  }

  /// Every other problem has the key of an object or a record.
  private static boolean isDifference(VerifyResult.Problem problem) {
    return problem.key().equals(ObjectKey.LOG);
  }

  /// What to do about a database that is not as the head says.
  private String next(Path database, Optional<CommandException> refusal) {
    if (refusal.isEmpty()) {
      return ("a daemon has stored all that is committed there, so the file was changed without a"
              + " commit, or the daemon has another log; look at 'tidemark status %s', and compare"
              + " the file with a restore")
          .formatted(database);
    }
    if (refusal.get().exitCode() == ExitCode.NOT_FOUND) {
      return ("no daemon ships %1$s, so what was committed after the head is not stored: run"
              + " 'tidemark replicate %1$s %2$s --once', and verify again")
          .formatted(database, url);
    }
    return "the daemon did not store what is committed: %s; verify again when it has"
        .formatted(refusal.get().getMessage());
  }

  private static VerifyResult withNext(VerifyResult result, String next) {
    List<VerifyResult.Problem> problems = new ArrayList<>();
    for (VerifyResult.Problem problem : result.problems()) {
      problems.add(
          isDifference(problem)
              ? new VerifyResult.Problem(
                  problem.key(), problem.problem() + "; " + next, problem.positions())
              : problem);
    }
    return new VerifyResult(result.head(), result.objects(), problems, result.notes());
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
