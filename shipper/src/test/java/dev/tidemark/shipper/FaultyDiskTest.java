package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full, or fails to sync, under a running daemon: it says so, goes on when it can,
/// and no commit is lost or joined with another.
class FaultyDiskTest {
  @TempDir Path folder;

  private final SimDisk disk = new SimDisk(() -> 0);
  private final Ledger ledger = new Ledger();

  @Test
  void goesOnWhenThereIsRoomAgain() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open());
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      disk.room(30_000);
      for (int i = 0; i < 12; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(++txid, app.image());
      }
      awaitProblem(database, "No space left");
      disk.room(Long.MAX_VALUE);

      assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      Rig.until("all is well", () -> database.status().problem().isEmpty());
      assertThat(database.comparisons()).isEqualTo(1);
      ledger.check(rig.store());
    }
  }

  @Test
  void keepsNoCheckpointWaitingWhileItIsFull() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open());
        SqliteProcess app = SqliteProcess.open(rig.database(), "busy_timeout=20000")) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      disk.room(30_000);
      for (int i = 0; i < 12; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      }
      awaitProblem(database, "No space left");

      assertThat(app.query("PRAGMA wal_checkpoint(TRUNCATE)")).startsWith("0|");

      disk.room(Long.MAX_VALUE);
      Rig.stored(database);
      assertThat(database.comparisons()).isEqualTo(2);
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }

  @Test
  void goesOnAfterMemoryRanOut() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open());
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      disk.memoryEnds(true);
      for (int i = 0; i < 3; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(++txid, app.image());
      }
      awaitProblem(database, "out of memory");
      disk.memoryEnds(false);

      assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      assertThat(database.comparisons()).isEqualTo(1);
      ledger.check(rig.store());
    }
  }

  @Test
  void goesOnAfterMemoryRanOutForASegment() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open()).interval(Duration.ofHours(1));
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      ledger.write(++txid, app.image());
      database.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE);
      disk.memoryEnds(true);
      SyncRequest stored = database.life().request(SyncRequest.of(DurabilityLevel.STORED));
      awaitProblem(database, "out of memory");
      disk.memoryEnds(false);

      assertThat(stored.reached().join().txid().value()).isEqualTo(txid);
      ledger.check(rig.store());
    }
  }

  @Test
  void startWithoutMemoryEndsAndLeavesEverythingToTheNextOne() throws Exception {
    try (SqliteProcess app = SqliteProcess.open(folder.resolve("app.db"))) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      ledger.write(1, app.image());
      try (Rig rig = new Rig(folder)) {
        Rig.stored(rig.start());
      }
      // Without its state, a start compares the database with the log before it ships.
      try (Rig rig = new Rig(folder).files(_ -> disk.open())) {
        disk.memoryEnds(true);
        assertThat(Rig.endOf(rig.start())).isInstanceOf(OutOfMemoryError.class);
        rig.stop();
        disk.memoryEnds(false);

        DatabaseWorker database = rig.start();
        Rig.stored(database);
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(2, app.image());
        assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
        ledger.check(rig.store());
      }
    }
  }

  @Test
  void whatIsReportedAsSpooledSurvivesAFailedSyncAndAPowerLoss() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open());
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      gate.closedForSegments(true);
      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      ledger.write(++txid, app.image());
      Rig.until("the outage shows", () -> database.status().state() == ShipperState.OUTAGE);
      disk.syncsFail(true);
      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      ledger.write(++txid, app.image());
      awaitProblem(database, "Input/output error");
      disk.syncsFail(false);
      Position spooled = database.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE);
      assertThat(spooled.txid().value()).isEqualTo(txid);

      rig.stop();
      disk.losePower();
      app.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      gate.closedForSegments(false);

      assertThat(Rig.stored(rig.start())).isEqualTo(spooled);
      ledger.check(rig.store());
    }
  }

  /// Nothing is stored meanwhile, so it is the spool itself that mends what a sync may have lost.
  @Test
  void saysNothingMoreOnceWhatASyncLostIsWrittenAgain() throws Exception {
    try (Rig rig = new Rig(folder).files(_ -> disk.open()).interval(Duration.ofHours(1));
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      for (int i = 0; i < 2; i++) {
        disk.syncsFail(true);
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(++txid, app.image());
        awaitProblem(database, "Input/output error");
        disk.syncsFail(false);

        Rig.until("nothing is wrong any more", () -> database.status().problem().isEmpty());
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(++txid, app.image());
        Position spooled = database.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE);
        assertThat(spooled.txid().value()).isEqualTo(txid);
        assertThat(database.status().problem()).isEmpty();
      }
      assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      assertThat(database.comparisons()).isEqualTo(1);
      ledger.check(rig.store());
    }
  }

  private static void awaitProblem(DatabaseWorker database, String text) throws Exception {
    Rig.until(
        "it says " + text,
        () -> {
          Optional<String> problem = database.status().problem();
          return problem.isPresent() && problem.get().contains(text);
        });
  }
}
