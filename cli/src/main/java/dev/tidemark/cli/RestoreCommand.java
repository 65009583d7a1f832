package dev.tidemark.cli;

import dev.tidemark.ltx.Txid;
import dev.tidemark.restore.Restore;
import dev.tidemark.restore.RestoreOptions;
import dev.tidemark.restore.RestoreResult;
import dev.tidemark.store.Counted;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.RestoreTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `restore`: one state of a log as a database file.
@Command(
    name = "restore",
    description = {"Restore a database, proven to the byte; the latest state by default.", ""},
    footer = {
      "",
      "  tidemark restore s3://bucket/app copy.db",
      "  tidemark restore s3://bucket/app copy.db --timestamp 2026-01-31T12:00:00Z",
      "  tidemark restore s3://bucket/app copy.db --txid 00000000000000ff"
    })
final class RestoreCommand implements Callable<Integer> {
  private static final int PARALLELISM_MAX = 64;

  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "URL", description = "Where the log lies.")
  String url;

  @Parameters(index = "1", paramLabel = "OUT", description = "The database file to make.")
  Path out;

  @Option(
      names = "--txid",
      paramLabel = "TXID",
      description = "The state after this transaction (16 hex digits).")
  Optional<Txid> txid = Optional.empty();

  @Option(
      names = "--timestamp",
      paramLabel = "TIME",
      description = "The state after the last transaction at or before this time (RFC 3339).")
  Optional<Instant> timestamp = Optional.empty();

  @Option(names = "--force", description = "Replace OUT if it exists.")
  boolean force;

  @Option(names = "--parallelism", paramLabel = "N", description = "How many downloads at once.")
  int parallelism = RestoreOptions.DEFAULT.parallelism();

  @Mixin JsonOption json;
  @Mixin ProgressOption progressOption;

  @Override
  public Integer call() throws Exception {
    RestoreTarget target = target();
    checkPlace();
    return StoreLocation.reading(url, () -> restore(target));
  }

  private int restore(RestoreTarget target) throws Exception {
    RestoreResult result;
    try (ObjectStore store = StoreLocation.open(url);
        Progress progress = progressOption.start();
        StopOnSignal _ = new StopOnSignal()) {
      ReadProgress listener = new ReadProgress(progress, "restoring");
      result =
          new Restore(store, new RestoreOptions(force, parallelism, listener)).run(target, out);
    }
    System.out.println(json.enabled() ? json(result) : text(result));
    return ExitCode.DONE.status();
  }

  /// What could never become a database file is told before anything is read.
  private void checkPlace() throws CommandException {
    Path folder = Optional.ofNullable(out.toAbsolutePath().normalize().getParent()).orElse(out);
    if (!Files.isDirectory(folder)) {
      throw new CommandException(ExitCode.USAGE, folder + ": no such directory; make it first");
    }
    if (Files.exists(out) && !Files.isRegularFile(out)) {
      throw new CommandException(ExitCode.EXISTS, out + ": is not a file; name another one");
    }
  }

  private RestoreTarget target() {
    Usage usage = new Usage(spec);
    usage.refuse(txid.isPresent() && timestamp.isPresent(), "give --txid or --timestamp, not both");
    usage.refuse(
        parallelism < 1 || parallelism > PARALLELISM_MAX,
        "--parallelism must be 1 to " + PARALLELISM_MAX);
    if (txid.isPresent()) {
      return new RestoreTarget.AtTxid(txid.get());
    }
    return timestamp.isPresent()
        ? new RestoreTarget.AtTime(timestamp.get())
        : new RestoreTarget.Latest();
  }

  private static Json json(RestoreResult result) {
    return new Json()
        .text("position", result.position())
        .text("timestamp", result.timestamp())
        .number("pages", result.pages())
        .number("bytes", result.bytes())
        .number("objects", result.objects())
        .seconds("seconds", result.elapsed().toNanos() / 1e9);
  }

  private String text(RestoreResult result) {
    return "restored %s at %s of %s: %s from %s in %.1f s"
        .formatted(
            out,
            result.position(),
            result.timestamp(),
            Counted.of(result.pages(), "page"),
            Counted.of(result.objects(), "object"),
            result.elapsed().toNanos() / 1e9);
  }
}
