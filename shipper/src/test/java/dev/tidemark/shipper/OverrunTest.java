package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A long outage on a small disk: the application is never hurt.
class OverrunTest {
  private static final long QUOTA = 200_000;
  private static final long WAL_CAP = 1_000_000;

  @TempDir Path folder;

  /// Files may come and go meanwhile; one that is gone has no bytes.
  private static long spoolBytes(Path state) throws Exception {
    long sum = 0;
    try (var files = Files.list(state)) {
      for (Path file : files.toList()) {
        sum += file.endsWith("pages") ? 0 : file.toFile().length();
      }
    }
    return sum;
  }

  /// What happens while segments cannot be stored; `txid` is the last one that was.
  private interface Outage {
    void run(SqliteProcess app, DatabaseWorker database, GatedStore gate, long txid)
        throws Exception;
  }

  private void duringAnOutage(long quota, int autocheckpoint, Outage outage) throws Exception {
    try (Rig rig = new Rig(folder).limits(quota, WAL_CAP);
        SqliteProcess app =
            SqliteProcess.open(rig.database(), "wal_autocheckpoint=" + autocheckpoint)) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      gate.closedForSegments(true);
      outage.run(app, database, gate, txid);
    }
  }

  @Test
  void keepsEveryPositionWhileTheWalIsBelowItsCap() throws Exception {
    duringAnOutage(
        QUOTA,
        10,
        (app, database, gate, stored) -> {
          long txid = stored;
          Ledger ledger = new Ledger();
          for (int i = 0; i < 30; i++) {
            app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
            ledger.write(++txid, app.image());
            Rig.until(
                "captured, or said to wait",
                () ->
                    database.status().spoolBytes() >= QUOTA
                        || database.status().lagTransactions() > 0);
          }
          Rig.until("the quota is reached", () -> database.status().spoolBytes() >= QUOTA);
          gate.closedForSegments(false);
          assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
          assertThat(database.comparisons()).isEqualTo(1);
          assertThat(database.status().problem()).isEmpty();
          ledger.check(gate);
        });
  }

  /// Somebody who asks is told, although nothing is wrong with the store as far as can be seen.
  @Test
  void whatWaitsInTheWalCountsAsLag() throws Exception {
    duringAnOutage(
        1,
        0,
        (app, database, gate, _) -> {
          for (int i = 0; i < 5; i++) {
            app.exec("INSERT INTO t(x) VALUES (1)");
          }
          Rig.until("all are told", () -> database.status().lagTransactions() == 5);
          DatabaseStatus waiting = database.status();
          assertThat(waiting.state()).isNotEqualTo(ShipperState.IDLE);
          Rig.until(
              "and why",
              () -> database.status().problem().filter(it -> it.contains("quota")).isPresent());
          Rig.until("and since when", () -> database.status().lagMillis() > 0);
          gate.closedForSegments(false);
          Rig.stored(database);
          Rig.until("nothing is left", () -> database.status().lagTransactions() == 0);
        });
  }

  @Test
  void keepsEveryPositionAfterATransactionThatIsLargerThanQuotaAndCap() throws Exception {
    duringAnOutage(
        QUOTA,
        0,
        (app, database, gate, stored) -> {
          long txid = stored;
          Ledger ledger = new Ledger();
          app.exec("INSERT INTO t(x) VALUES (randomblob(%d))".formatted(2 * WAL_CAP));
          ledger.write(++txid, app.image());
          Rig.until("the quota is reached", () -> database.status().spoolBytes() >= QUOTA);
          long before = database.status().walBytes();
          for (int i = 0; i < 5; i++) {
            app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
            ledger.write(++txid, app.image());
            Rig.until("the WAL is looked at", () -> database.status().walBytes() != before);
            // From here on the WAL would begin anew if nobody held it.
            app.checkpoint("PASSIVE");
          }
          gate.closedForSegments(false);
          assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
          assertThat(database.comparisons()).isEqualTo(1);
          ledger.check(gate);
        });
  }

  @Test
  void dropsThePinAtTheCapAndResyncsOnce() throws Exception {
    duringAnOutage(
        QUOTA,
        10,
        (app, database, gate, _) -> {
          long walMax = 0;
          for (int i = 0; i < 600; i++) {
            app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
            if (i % 100 == 99) {
              app.exec("DELETE FROM t");
              Rig.until(
                  "the cap does its work",
                  () -> {
                    app.exec("UPDATE t SET x = 1 WHERE id = 1");
                    return database.status().walBytes() < 3 * WAL_CAP;
                  });
            }
            walMax = Math.max(walMax, Files.size(folder.resolve("app.db-wal")));
            assertThat(spoolBytes(StateFolder.of(database.database()))).isLessThan(3 * QUOTA);
          }
          assertThat(walMax).isLessThan(5 * WAL_CAP);
          long spooled = database.status().spooled().orElseThrow().txid().value();
          gate.closedForSegments(false);
          Position stored = Rig.stored(database);
          assertThat(stored.txid().value()).as("one more than was spooled").isEqualTo(spooled + 1);
          assertThat(database.comparisons()).isEqualTo(2);
          assertThat(StoredImage.latest(gate).sha256()).isEqualTo(app.image().sha256());
          app.exec("INSERT INTO t(x) VALUES (1)");
          assertThat(Rig.stored(database).txid()).isEqualTo(stored.txid().next());
          assertThat(StoredImage.latest(gate).sha256()).isEqualTo(app.image().sha256());
        });
  }

  @ParameterizedTest
  @CsvSource({"OFD, RESTART", "OFD, TRUNCATE", "SQL, RESTART", "SQL, TRUNCATE"})
  void letsACheckpointGoThatWaitsForWhatCannotBeCaptured(LockMode locks, String mode)
      throws Exception {
    try (Rig rig = new Rig(folder, "app.db", locks).limits(QUOTA, 1L << 30);
        SqliteProcess app = SqliteProcess.open(rig.database(), "busy_timeout=20000")) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      DatabaseWorker database = full(rig, gate, app);
      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");

      assertThat(app.query("PRAGMA wal_checkpoint(%s)".formatted(mode))).startsWith("0|");

      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      long spooled = database.status().spooled().orElseThrow().txid().value();
      gate.closedForSegments(false);
      Position stored = Rig.stored(database);
      assertThat(stored.txid().value()).as("one more than was spooled").isEqualTo(spooled + 1);
      assertThat(database.comparisons()).isEqualTo(2);
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void letsACheckpointGoAndLosesNothingThatWasCaptured(LockMode locks) throws Exception {
    try (Rig rig = new Rig(folder, "app.db", locks).limits(QUOTA, 1L << 30);
        SqliteProcess app = SqliteProcess.open(rig.database(), "busy_timeout=20000")) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      DatabaseWorker database = full(rig, gate, app);
      long spooled = database.status().spooled().orElseThrow().txid().value();

      assertThat(app.query("PRAGMA wal_checkpoint(TRUNCATE)")).startsWith("0|");

      gate.closedForSegments(false);
      app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
      assertThat(Rig.stored(database).txid().value()).isEqualTo(spooled + 1);
      assertThat(database.comparisons()).isEqualTo(1);
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }

  /// Everything committed is captured, and the quota is reached.
  private static DatabaseWorker full(Rig rig, GatedStore gate, SqliteProcess app) throws Exception {
    app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    DatabaseWorker database = rig.start();
    Rig.stored(database);
    gate.closedForSegments(true);
    app.exec("INSERT INTO t(x) VALUES (randomblob(%d))".formatted(2 * QUOTA));
    Rig.until("the quota is said to be reached", () -> database.status().problem().isPresent());
    return database;
  }
}
