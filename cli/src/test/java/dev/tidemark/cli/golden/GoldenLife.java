package dev.tidemark.cli.golden;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.shipper.DatabaseConfig;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.FencedException;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.Shipper;
import dev.tidemark.shipper.StateFolder;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// A small database's life, shipped for real: attach, commits that share a segment, a vacuum, a
/// change while nobody watched, a page size change, and a promotion.
final class GoldenLife {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int TRIES = 50;

  private final ObjectStore store;
  private final Path bucket;
  private final Path database;
  private final int pageSize;
  private final Map<Position, String> digests = new HashMap<>();

  GoldenLife(ObjectStore store, Path bucket, Path database, int pageSize) {
    this.store = store;
    this.bucket = bucket;
    this.database = database;
    this.pageSize = pageSize;
  }

  /// Answers the SHA-256 of the database as the application saw it at each position.
  Map<Position, String> live() throws Exception {
    try (SqliteProcess app = SqliteProcess.openAsIs(database)) {
      app.exec("PRAGMA page_size=" + pageSize);
      app.exec("PRAGMA journal_mode=WAL");
      app.exec("CREATE TABLE account(id INTEGER PRIMARY KEY, owner TEXT, balance INT)");
      ship(
          app,
          List.of(
              upTo(40) + "INSERT INTO account SELECT n, 'owner ' || n, 100 FROM number",
              "UPDATE account SET balance = balance - 5 WHERE id = 3",
              "UPDATE account SET balance = balance + 5 WHERE id = 4",
              "CREATE INDEX by_owner ON account(owner)"));
      // While nobody watches: a resync follows.
      app.exec("UPDATE account SET owner = upper(owner) WHERE id % 5 = 0");
      app.exec("CREATE TABLE note(text)");
      app.checkpoint("TRUNCATE");
      ship(
          app,
          List.of(
              upTo(60) + "INSERT INTO note SELECT 'note ' || n FROM number",
              "DELETE FROM note WHERE rowid % 2 = 0",
              "UPDATE account SET balance = balance + 1"));
      ship(app, List.of("DROP TABLE note", "VACUUM"));
      if (pageSize == 512) {
        soon(() -> app.query("PRAGMA journal_mode=DELETE"));
        app.exec("PRAGMA page_size=1024");
        app.exec("VACUUM");
        app.exec("PRAGMA journal_mode=WAL");
        ship(app, List.of("INSERT INTO account VALUES (41, 'after the new page size', 7)"));
      }
      promote(app);
      ship(app, List.of("UPDATE account SET balance = 0 WHERE id = 1", "DELETE FROM account"));
    }
    return digests;
  }

  private static String upTo(int count) {
    return "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %d) "
        .formatted(count);
  }

  /// One run of the shipper: what differs, then each statement as a transaction of its own.
  private void ship(SqliteProcess app, List<String> statements) throws Exception {
    try (Shipper shipper = Shipper.start(LockMode.AUTO)) {
      ShippedDatabase shipped = soon(() -> shipper.add(config()));
      Position begin = shipped.sync(DurabilityLevel.STORED, PATIENCE);
      digests.put(begin, app.image().sha256());
      List<String> images = new ArrayList<>();
      for (String statement : statements) {
        app.exec(statement);
        images.add(app.image().sha256());
        if (images.size() % 2 == 0) {
          shipped.sync(DurabilityLevel.CAPTURED, PATIENCE);
        }
      }
      Position end = shipped.sync(DurabilityLevel.STORED, PATIENCE);
      if (end.txid().value() != begin.txid().value() + statements.size()) {
        throw new IllegalStateException(begin + " to " + end + " by " + statements);
      }
      GoldenObjects objects = new GoldenObjects(store);
      for (int i = 0; i < images.size(); i++) {
        digests.put(objects.position(begin.txid().plus(i + 1)), images.get(i));
      }
      if (!shipped.drain(PATIENCE)) {
        throw new IllegalStateException("not drained");
      }
    }
  }

  /// What a run held of the database is let go of a moment after its end.
  private static <T> T soon(Callable<T> action) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return action.call();
      } catch (FencedException | IOException e) {
        if (tries == TRIES) {
          throw e;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  /// As another machine would that holds the same state. The local one is gone with the machine
  /// before it; the next run finds its database equal to the head.
  private void promote(SqliteProcess app) throws Exception {
    GoldenBuckets.delete(StateFolder.of(database));
    Txid head = new GoldenObjects(store).promote();
    digests.put(new GoldenObjects(store).position(head), app.image().sha256());
  }

  private DatabaseConfig config() {
    return new DatabaseConfig(
        database,
        store,
        bucket.toString(),
        Optional.empty(),
        Duration.ofSeconds(30),
        Optional.of(Duration.ZERO),
        1L << 30,
        1L << 30,
        Optional.empty());
  }
}
