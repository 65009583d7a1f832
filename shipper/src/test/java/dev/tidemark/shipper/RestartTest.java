package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a daemon makes of a database that lived on, or was changed, while it was down.
class RestartTest {
  @TempDir Path folder;

  private final Ledger ledger = new Ledger();

  /// A log of three transactions, the daemon down.
  @BeforeEach
  void threeTransactions() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      ledger.write(txid, app.image());
      for (int i = 0; i < 2; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(20000))");
        ledger.write(++txid, app.image());
      }
      assertThat(Rig.stored(database).txid().value()).isEqualTo(3);
      rig.stop();
    }
    assertThat(folder.resolve("app.db-wal")).doesNotExist();
  }

  private void expect(Rig rig, long txid, long comparisons, SqliteProcess app) throws Exception {
    DatabaseWorker database = rig.start();
    assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
    assertThat(database.comparisons()).as("whole reads").isEqualTo(comparisons);
    ledger.write(txid, app.image());
    app.exec("INSERT INTO t(x) VALUES ('after')");
    assertThat(Rig.stored(database).txid().value()).isEqualTo(txid + 1);
    ledger.write(txid + 1, app.image());
    ledger.check(rig.store());
  }

  /// One transaction more than there were, for whatever the application does in one go.
  private void expectOneResyncAfter(String... statements) throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      for (String statement : statements) {
        app.exec(statement);
      }
      expect(rig, 4, 1, app);
    }
  }

  @Test
  void changesAfterTheLastCloseAreOneResync() throws Exception {
    expectOneResyncAfter(
        "INSERT INTO t(x) VALUES (1)",
        "INSERT INTO t(x) VALUES (randomblob(30000))",
        "DELETE FROM t WHERE id = 1");
  }

  /// An empty WAL looks like the empty WAL of the run before.
  @Test
  void commitsBetweenShortRunsOnAnEmptyWalAreNotMissed() throws Exception {
    for (int run = 0; run < 3; run++) {
      SqliteProcess.Image image;
      try (SqliteProcess app = SqliteProcess.open(folder.resolve("app.db"))) {
        app.exec("INSERT INTO t(x) VALUES (%d)".formatted(run));
        image = app.image();
      }
      try (Rig rig = new Rig(folder)) {
        long txid = Rig.stored(rig.start()).txid().value();
        assertThat(txid).isEqualTo(4 + run);
        ledger.write(txid, image);
        rig.stop();
        ledger.check(rig.store());
      }
    }
  }

  @Test
  void commitsThatTheWalStillHoldsAreTakenOneByOne() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      // Into a WAL that the daemon has seen, which the next start finds again.
      DatabaseWorker first = rig.start();
      app.exec("INSERT INTO t(x) VALUES (0)");
      ledger.write(Rig.stored(first).txid().value(), app.image());
      rig.stop();
      for (int i = 5; i <= 7; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(3000))");
        ledger.write(i, app.image());
      }
      expect(rig, 7, 0, app);
    }
  }

  @Test
  void untouchedAndFullyCheckpointedIsNotRead() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        DatabaseWorker first = rig.start();
        Rig.stored(first);
        app.exec("INSERT INTO t(x) VALUES (0)");
        ledger.write(Rig.stored(first).txid().value(), app.image());
        app.checkpoint("TRUNCATE");
        Instant written = Files.getLastModifiedTime(rig.database()).toInstant();
        Rig.until("the file's time is past", () -> Instant.now().isAfter(written.plusMillis(200)));
        Rig.stored(first);
        rig.stop();
      }
      assertThat(folder.resolve("app.db-wal")).doesNotExist();
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        expect(rig, 4, 0, app);
      }
    }
  }

  @Test
  void unchangedButUnprovenIsReadAndShipsNothing() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      expect(rig, 3, 1, app);
    }
  }

  @Test
  void writesInRollbackModeAreOneResync() throws Exception {
    expectOneResyncAfter(
        "PRAGMA journal_mode=DELETE",
        "INSERT INTO t(x) VALUES (randomblob(9000))",
        "DELETE FROM t WHERE id = 2",
        "PRAGMA journal_mode=WAL");
  }

  @Test
  void vacuumIsOneResync() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("DELETE FROM t WHERE id = 1");
        app.exec("VACUUM");
      }
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        expect(rig, 4, 1, app);
      }
    }
  }

  /// A reader keeps the checkpoint from going to the end; then the database shrinks and grows in
  /// the WAL, over what is in the file.
  @Test
  void shrinkingAndGrowingBehindAPartialCheckpointIsExact() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database(), "wal_autocheckpoint=0");
        SqliteProcess reader = SqliteProcess.openAsIs(rig.database())) {
      app.exec("INSERT INTO t(x) VALUES (randomblob(2000000))");
      reader.exec("BEGIN");
      reader.query("SELECT count(*) FROM t");
      app.exec("INSERT INTO t(x) VALUES (randomblob(1000000))");
      assertThat(app.checkpoint("PASSIVE").backfilledFrames()).isPositive();
      app.exec("DELETE FROM t");
      app.exec("VACUUM");
      app.exec("INSERT INTO t(x) VALUES (randomblob(500000))");
      Rig.stored(rig.start());
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      app.exec("INSERT INTO t(x) VALUES (randomblob(3000000))");
      reader.exec("COMMIT");
      app.checkpoint("TRUNCATE");
      rig.stop();
      Rig.stored(rig.start());
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      ledger.check(rig.store());
    }
  }

  /// For SQLite too: its recovery ends there.
  @Test
  void frameThatFailsItsChecksumEndsTheLog() throws Exception {
    try (Rig rig = new Rig(folder)) {
      SqliteProcess killed = SqliteProcess.open(rig.database(), "wal_autocheckpoint=0");
      killed.exec("INSERT INTO t(x) VALUES ('kept')");
      killed.exec("INSERT INTO t(x) VALUES ('torn')");
      killed.kill();
      Files.delete(folder.resolve("app.db-shm"));
      Path wal = folder.resolve("app.db-wal");
      byte[] bytes = Files.readAllBytes(wal);
      bytes[bytes.length - 1] ^= 1;
      Files.write(wal, bytes);
      Rig.stored(rig.start());
      try (SqliteProcess app = SqliteProcess.openAsIs(rig.database())) {
        assertThat(app.queryLong("SELECT count(*) FROM t WHERE x IN ('kept', 'torn')"))
            .isEqualTo(1);
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
      ledger.check(rig.store());
    }
  }

  @Test
  void anotherPageSizeIsOneFullTransaction() throws Exception {
    expectOneResyncAfter(
        "PRAGMA journal_mode=DELETE", "PRAGMA page_size=1024", "VACUUM", "PRAGMA journal_mode=WAL");
  }

  @Test
  void anOlderCopyPutBackIsOneResync() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (SqliteProcess app = SqliteProcess.open(folder.resolve("app.db"))) {
      app.saveImage(copy);
    }
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        DatabaseWorker database = rig.start();
        app.exec("INSERT INTO t(x) VALUES (randomblob(50000))");
        long txid = Rig.stored(database).txid().value();
        assertThat(txid).isEqualTo(4);
        ledger.write(txid, app.image());
        rig.stop();
      }
      Files.move(copy, rig.database(), StandardCopyOption.REPLACE_EXISTING);
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        expect(rig, 5, 1, app);
      }
    }
  }

  @Test
  void anOlderCopyPutBackUnderARunningDaemonIsOneResync() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Rig rig = new Rig(folder)) {
      DatabaseWorker database;
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.saveImage(copy);
        database = rig.start();
        app.exec("INSERT INTO t(x) VALUES (randomblob(50000))");
        ledger.write(Rig.stored(database).txid().value(), app.image());
      }
      Files.deleteIfExists(folder.resolve("app.db-wal"));
      Files.deleteIfExists(folder.resolve("app.db-shm"));
      Files.move(copy, rig.database(), StandardCopyOption.REPLACE_EXISTING);
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        Rig.until("resync", () -> Rig.stored(database).txid().value() == 5);
        ledger.write(5, app.image());
        app.exec("INSERT INTO t(x) VALUES ('after')");
        assertThat(Rig.stored(database).txid().value()).isEqualTo(6);
        ledger.write(6, app.image());
      }
      ledger.check(rig.store());
    }
  }
}
