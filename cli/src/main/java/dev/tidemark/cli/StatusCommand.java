package dev.tidemark.cli;

import dev.tidemark.cli.daemon.ControlClient;
import dev.tidemark.cli.daemon.ControlSocket;
import dev.tidemark.cli.daemon.MaintenanceConfig;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `status`: how far a database's daemon has come, or what lies at a URL.
@Command(
    name = "status",
    description = {
      "Show how far the daemon of a database has come, or what lies at a URL.",
      "Without an argument: every database of this folder that a daemon ships.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Parameters(arity = "0..1", paramLabel = "DB|URL", description = "A database file, or a URL.")
  Optional<String> place = Optional.empty();

  @Option(names = "--cost", description = "For a URL: estimate what the log costs in a month.")
  boolean cost;

  @Option(
      names = "--prices",
      paramLabel = "LIST",
      defaultValue = "s3",
      description =
          "With --cost: s3, r2, or dollars for a GB-month and for 1000 requests, as in"
              + " storage=0.023,put=0.005,get=0.0004 (default: ${DEFAULT-VALUE}).")
  Prices prices = Prices.parse("s3");

  @Option(
      names = "--maintenance-interval",
      paramLabel = "DURATION",
      defaultValue = "5m",
      description =
          "With --cost: assume a run of 'maintain' so often while there are commits, as the daemon"
              + " does (default: ${DEFAULT-VALUE}); 1d for a nightly cron job.")
  Duration maintenanceInterval = MaintenanceConfig.INTERVAL;

  @Mixin JsonOption json;

  @Override
  public Integer call() throws Exception {
    try (Output output = new Output()) {
      if (place.isEmpty()) {
        for (Path database : shippedHere()) {
          output.line(ofDatabase(database));
        }
      } else if (isUrl(place.get())) {
        output.line(ofUrl(place.get()));
      } else if (cost) {
        throw new CommandException(ExitCode.USAGE, "--cost is for a URL: " + place.get());
      } else {
        output.line(ofDatabase(Path.of(place.get())));
      }
      output.release();
    }
    return ExitCode.DONE.status();
  }

  /// A plain path of a folder is a URL too.
  private static boolean isUrl(String place) {
    return place.contains("://") || Files.isDirectory(Path.of(place));
  }

  private String ofDatabase(Path database) throws IOException, CommandException {
    return ControlClient.of(database).ask("GET", "/status", json.enabled(), PATIENCE);
  }

  private Object ofUrl(String url) throws Exception {
    StoreMeter meter = new StoreMeter();
    Optional<MonthlyBill.Terms> terms =
        cost ? Optional.of(new MonthlyBill.Terms(prices, maintenanceInterval)) : Optional.empty();
    try (ObjectStore store =
        StoreLocation.retrying(new MeteredStore(StoreLocation.openAsIs(url), meter))) {
      LogSummary summary =
          StoreLocation.reading(url, () -> LogSummary.read(store, meter, url, terms));
      return json.enabled() ? summary.json() : summary.text();
    }
  }

  private static List<Path> shippedHere() throws IOException, CommandException {
    List<Path> databases = ControlSocket.databasesIn(Path.of(""));
    if (databases.isEmpty()) {
      throw new CommandException(
          ExitCode.NOT_FOUND, "no daemon ships a database of this folder; name a DB or a URL");
    }
    return databases;
  }
}
