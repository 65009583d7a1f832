package dev.tidemark.cli;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreProbe;
import dev.tidemark.store.StoreUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
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
      "Try out what a store guarantees: conditional writes, listing, ranged reads, deletes, a real"
          + " segment.",
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
    try (ObjectStore store = StoreLocation.open(url);
        Output output = new Output()) {
      StoreProbe.Report report = StoreProbe.run(store, random, WRITERS);
      List<StoreProbe.Check> checks = new ArrayList<>(report.checks());
      checks.add(new SegmentRoundTrip(store, random).check());
      String mode = report.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
      List<StoreProbe.Check> bad =
          checks.stream().filter(check -> check.result() != StoreProbe.Result.OK).toList();
      if (!bad.isEmpty()) {
        checks.forEach(check -> System.err.println(text(check)));
        throw new CommandException(
            ExitCode.STORAGE,
            "%s: %d of %d checks failed (mode %s): %s"
                .formatted(
                    url,
                    bad.size(),
                    checks.size(),
                    mode,
                    String.join(", ", bad.stream().map(StoreProbe.Check::name).toList())));
      }
      if (json.enabled()) {
        output.line(
            new Json()
                .text("url", url)
                .truth("ok", true)
                .text("mode", mode)
                .list("checks", checks.stream().map(DoctorCommand::json).toList()));
      } else {
        for (StoreProbe.Check check : checks) {
          output.line(text(check));
        }
        output.line("mode      " + mode);
      }
      output.release();
    }
    return ExitCode.DONE.status();
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
