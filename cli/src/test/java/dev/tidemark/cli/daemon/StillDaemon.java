package dev.tidemark.cli.daemon;

import dev.tidemark.cli.Logging;
import dev.tidemark.shipper.DatabaseConfig;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A daemon around a database in which nothing happens: `StillDaemon DB STORE-ANSWERS DRAINS
/// [COMMAND]`. With DRAINS false it never finishes draining.
final class StillDaemon {
  private StillDaemon() {}

  public static void main(String[] arguments) throws Exception {
    Path database = Path.of(arguments[0]);
    Logging.daemon(LogLine.Format.TEXT, false);
    Files.createDirectories(ControlSocket.of(database).state());
    DaemonConfig.Source source =
        new DaemonConfig.Source(
            database,
            "file:///nowhere",
            Optional.empty(),
            DaemonConfig.SYNC_INTERVAL,
            Optional.empty(),
            0,
            0);
    boolean storeAnswers = Boolean.parseBoolean(arguments[1]);
    boolean drains = Boolean.parseBoolean(arguments[2]);
    Daemon daemon =
        new Daemon(
            new DaemonConfig(List.of(source), Duration.ofSeconds(30), Optional.empty()),
            url -> Stores.open(StoreUrl.parse(url, Optional.empty()), false),
            () -> new StillShipping(storeAnswers, drains));
    System.exit(daemon.run(arguments.length > 3 ? Optional.of(arguments[3]) : Optional.empty()));
  }

  private record StillShipping(boolean storeAnswers, boolean drains) implements Daemon.Shipping {
    @Override
    public ShippedDatabase add(DatabaseConfig config) {
      StillDatabase still = new StillDatabase(config.database(), storeAnswers);
      return drains ? still : new NeverDrained(still);
    }

    @Override
    public void close() {}
  }
}
