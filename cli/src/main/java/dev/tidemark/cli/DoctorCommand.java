package dev.tidemark.cli;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.probe.StoreProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `doctor`: what a store really guarantees.
@Command(
    name = "doctor",
    description = {
      "Try out what a store guarantees: conditional writes, also by several writers at once,"
          + " listing, ranged and missing reads, deletes, a real segment; and say what mode"
          + " follows: fenced or detect-only.",
      "Writes below doctor/ and removes it again. Exit code 7 if something is not as it should be.",
      ""
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int WRITERS = 8;

  @Parameters(paramLabel = "URL", description = "Where a log lies or will lie.")
  String url;

  @Mixin JsonOption json;

  private final RandomGenerator random = new SecureRandom();

  @Override
  public Integer call() throws Exception {
    requireFolder();
    StoreProbe.Report report;
    try (ObjectStore store = StoreLocation.openAsIs(url);
        StopOnSignal _ = new StopOnSignal()) {
      report = StoreProbe.run(store, random, InstantSource.system(), Pauses.system(), WRITERS);
    }
    try (Output output = new Output()) {
      refuseBad(report);
      show(report, output);
      output.release();
    }
    return ExitCode.DONE.status();
  }

  private void refuseBad(StoreProbe.Report report) throws CommandException {
    if (report.ok()) {
      return;
    }
    report.checks().forEach(check -> System.err.println(text(check)));
    throw new CommandException(
        ExitCode.STORAGE,
        "%s: %d of %d checks failed: %s; mode %s"
            .formatted(
                url,
                report.bad().size(),
                report.checks().size(),
                String.join(", ", report.bad().stream().map(StoreProbe.Check::name).toList()),
                mode(report)));
  }

  private void show(StoreProbe.Report report, Output output) throws IOException {
    if (json.enabled()) {
      output.line(
          new Json()
              .text("url", url)
              .truth("ok", true)
              .text("mode", report.mode() == StoreProbe.Mode.FENCED ? "fenced" : "detect-only")
              .list("checks", report.checks().stream().map(DoctorCommand::json).toList()));
      return;
    }
    for (StoreProbe.Check check : report.checks()) {
      output.line(text(check));
    }
    output.line("mode      " + mode(report));
  }

  private static String mode(StoreProbe.Report report) {
    return switch (report.mode()) {
      case FENCED -> "fenced: of two writers, one is refused";
      case DETECT_ONLY ->
          "detect-only: two writers are not kept apart; never run more than one daemon for a log";
    };
  }

  /// Only a first `replicate` makes the folder. A trial must not: that could be below the mount
  /// point of a disk that is not there.
  private void requireFolder() throws CommandException {
    if (StoreLocation.parse(url) instanceof StoreUrl.Local(Path root) && !Files.exists(root)) {
      throw new CommandException(
          ExitCode.STORAGE,
          "'%s' does not exist: mount its disk, or make it with: mkdir -p '%s'"
              .formatted(root, root));
    }
  }

  private static Json json(StoreProbe.Check check) {
    return new Json()
        .text("name", check.name())
        .text("result", check.result().name().toLowerCase(Locale.ROOT))
        .text("detail", check.detail());
  }

  private static String text(StoreProbe.Check check) {
    return "%-8s  %s: %s"
        .formatted(check.result().name().toLowerCase(Locale.ROOT), check.name(), check.detail());
  }
}
