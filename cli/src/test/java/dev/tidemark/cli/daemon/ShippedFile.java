package dev.tidemark.cli.daemon;

import dev.tidemark.shipper.DatabaseConfig;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.Shipper;
import dev.tidemark.shipper.ShipperState;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreUrl;
import dev.tidemark.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A database of an application in another process, shipped by this one to a local folder.
final class ShippedFile implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SqliteProcess application;
  private final ObjectStore store;
  private final Shipper shipper;
  private final ShippedDatabase shipped;
  private final Path root;

  private ShippedFile(
      SqliteProcess application,
      ObjectStore store,
      Shipper shipper,
      ShippedDatabase shipped,
      Path root) {
    this.application = application;
    this.store = store;
    this.shipper = shipper;
    this.shipped = shipped;
    this.root = root;
  }

  /// Ships `database` beside which the log lies; returns when its first transaction is stored.
  static ShippedFile start(Path database) throws Exception {
    Path root = database.resolveSibling("log-" + database.getFileName());
    SqliteProcess application = SqliteProcess.open(database);
    application.exec("CREATE TABLE t(x)");
    ObjectStore store = Stores.open(new StoreUrl.Local(root), true);
    Shipper shipper = Shipper.start(LockMode.AUTO);
    ShippedDatabase shipped =
        shipper.add(
            new DatabaseConfig(
                database,
                store,
                root.toString(),
                Optional.empty(),
                Duration.ofSeconds(1),
                Optional.of(Duration.ZERO),
                1L << 30,
                1L << 30));
    shipped.sync(DurabilityLevel.STORED, PATIENCE);
    return new ShippedFile(application, store, shipper, shipped, root);
  }

  ShippedDatabase database() {
    return shipped;
  }

  /// Takes the log's folder away and commits; returns when the commit is spooled and could not be
  /// stored.
  void loseStore() throws Exception {
    Files.move(root, root.resolveSibling(root.getFileName() + ".away"));
    application.exec("INSERT INTO t VALUES (1)");
    shipped.sync(DurabilityLevel.SPOOLED, PATIENCE);
    while (shipped.status().state() != ShipperState.OUTAGE) {
      Thread.sleep(10);
    }
  }

  /// Takes the database's files away; returns when that was noticed.
  void loseDatabase() throws Exception {
    Path file = shipped.database();
    for (String suffix : List.of("-shm", "-wal", "")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
    while (shipped.status().problem().isEmpty()) {
      Thread.sleep(10);
    }
  }

  @Override
  public void close() throws IOException {
    shipper.close();
    store.close();
    application.close();
  }
}
