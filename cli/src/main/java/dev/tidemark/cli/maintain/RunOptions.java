package dev.tidemark.cli.maintain;

import dev.tidemark.cli.CommandException;
import dev.tidemark.cli.ExitCode;
import dev.tidemark.cli.JsonOption;
import dev.tidemark.cli.Output;
import dev.tidemark.cli.Progress;
import dev.tidemark.cli.ProgressOption;
import dev.tidemark.cli.ReadProgress;
import dev.tidemark.cli.StopOnSignal;
import dev.tidemark.cli.StoreLocation;
import dev.tidemark.retention.MaintainOptions;
import dev.tidemark.retention.MaintainReport;
import dev.tidemark.retention.Maintainer;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.StoreMeter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What all commands of maintenance have in common: the log, and how to tell what was done.
final class RunOptions {
  @Parameters(paramLabel = "URL", description = "Where the log lies.")
  String url;

  @Option(names = "--dry-run", description = "Explain what would be done, and change nothing.")
  boolean dryRun;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "Where a file waits until it is stored; as much room as the largest snapshot takes"
              + " (default: the temporary folder).")
  Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--rate",
      paramLabel = "BYTES",
      description =
          "Move at most so many bytes in a second, up and down together; at least 1MiB (default:"
              + " as fast as it goes).")
  Optional<Rate> rate = Optional.empty();

  @Mixin JsonOption json;
  @Mixin ProgressOption progressOption;

  int run(MaintainOptions options) throws Exception {
    try {
      ScratchFolder.check(scratch);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--scratch: " + e.getMessage(), e);
    }
    return StoreLocation.reading(url, () -> maintain(options));
  }

  private int maintain(MaintainOptions options) throws Exception {
    StoreMeter meter = new StoreMeter();
    MaintainReport report;
    try (ObjectStore store =
            StoreLocation.retrying(new MeteredStore(paced(StoreLocation.openAsIs(url)), meter));
        Progress progress = progressOption.start();
        StopOnSignal _ = new StopOnSignal()) {
      report =
          new Maintainer(
                  store, scratch, InstantSource.system(), new ReadProgress(progress, "reading"))
              .run(options);
    }
    ReportText text = new ReportText(url, options.dryRun(), report, meter);
    try (Output output = new Output()) {
      if (json.enabled()) {
        output.line(text.json());
      } else {
        for (String line : text.lines()) {
          output.line(line);
        }
      }
      output.release();
    }
    if (!report.ok()) {
      throw refusal(report);
    }
    return ExitCode.DONE.status();
  }

  private ObjectStore paced(ObjectStore store) {
    return rate.<ObjectStore>map(it -> new PacedStore(store, new Pace(it, Pauses.system())))
        .orElse(store);
  }

  /// One problem fits the line; several are listed before it.
  private CommandException refusal(MaintainReport report) {
    if (report.problems().size() == 1) {
      return new CommandException(
          ExitCode.CORRUPT, url + ": " + report.problems().getFirst() + "; all else was done");
    }
    report.problems().forEach(problem -> System.err.println(problem));
    return new CommandException(
        ExitCode.CORRUPT,
        "%s: %d problems, listed above; all else was done"
            .formatted(url, report.problems().size()));
  }
}
