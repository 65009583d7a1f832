package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.sqlite.SqliteShell;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every commit of a real application is one position, and restores to the application's own image
/// of it.
class CommitsTest {
  private static final List<String> MODES = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE");

  /// One transaction each.
  private static final List<List<String>> COMMITS =
      List.of(
          List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB)"),
          List.of("INSERT INTO t VALUES (1, randomblob(200000))"),
          List.of("INSERT INTO t SELECT value + 1, randomblob(300) FROM generate_series(1, 400)"),
          List.of("CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID"),
          List.of("INSERT INTO w SELECT hex(randomblob(16)), id FROM t"),
          List.of("CREATE VIRTUAL TABLE f USING fts5(text)"),
          List.of("INSERT INTO f SELECT hex(randomblob(40)) FROM t"),
          List.of("DELETE FROM t WHERE id > 100"),
          List.of("PRAGMA incremental_vacuum(10)"),
          List.of("BEGIN", "DELETE FROM w", "DELETE FROM t WHERE id = 1", "COMMIT"),
          List.of("VACUUM"),
          List.of(
              "INSERT INTO t SELECT value + 1000, randomblob(900) FROM generate_series(1, 900)"),
          List.of(
              "BEGIN",
              "SAVEPOINT a",
              "INSERT INTO w VALUES ('gone', 1)",
              "ROLLBACK TO a",
              "INSERT INTO w VALUES ('stays', 1)",
              "RELEASE a",
              "COMMIT"),
          List.of("PRAGMA user_version=7"),
          List.of("DROP TABLE f"));

  /// No transaction each.
  private static final List<List<String>> NOTHING =
      List.of(
          List.of("UPDATE t SET id = id WHERE 0"),
          List.of("BEGIN IMMEDIATE", "COMMIT"),
          List.of("BEGIN", "INSERT INTO t VALUES (-1, zeroblob(500000))", "ROLLBACK"),
          List.of("SELECT count(*) FROM t"));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "512, NONE, OFD",
    "1024, INCREMENTAL, SQL",
    "4096, FULL, OFD",
    "4096, INCREMENTAL, SQL",
    "32768, NONE, OFD",
    "65536, FULL, OFD"
  })
  void areEachAPositionWithTheApplicationsOwnImage(int pageSize, String vacuum, LockMode locks)
      throws Exception {
    long seed = pageSize * 31L + vacuum.hashCode();
    Random random = new Random(seed);
    Ledger ledger = new Ledger();
    try (Rig rig = new Rig(folder, "app.db", locks);
        SqliteProcess app = SqliteProcess.openAsIs(rig.database())) {
      app.exec("PRAGMA page_size=" + pageSize);
      app.exec("PRAGMA auto_vacuum=" + vacuum);
      app.exec("PRAGMA journal_mode=WAL");
      app.exec("PRAGMA cache_size=20");
      app.exec("PRAGMA wal_autocheckpoint=" + (random.nextBoolean() ? 3 : 200));
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      ledger.write(txid, app.image());
      for (int i = 0; i < COMMITS.size(); i++) {
        boolean counts = run(app, COMMITS.get(i), vacuum);
        txid += counts ? 1 : 0;
        ledger.write(txid, app.image());
        run(app, NOTHING.get(random.nextInt(NOTHING.size())), vacuum);
        if (random.nextInt(3) > 0) {
          app.checkpoint(MODES.get(random.nextInt(MODES.size())));
        }
        if (random.nextBoolean()) {
          assertThat(database.sync(DurabilityLevel.CAPTURED, Rig.PATIENCE).txid().value())
              .as("after " + COMMITS.get(i) + ", seed " + seed)
              .isEqualTo(txid);
        }
      }
      assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      assertThat(database.comparisons()).as("whole reads").isEqualTo(1);
      ledger.check(rig.store());
    }
  }

  private static boolean run(SqliteProcess app, List<String> statements, String vacuum)
      throws Exception {
    for (String statement : statements) {
      app.exec(
          statement
              .replace(
                  "generate_series(1, ",
                  "(WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value+1 FROM s LIMIT ")
              .replaceAll("(LIMIT \\d+)\\)", "$1) SELECT value FROM s)"));
    }
    return !statements.getFirst().startsWith("PRAGMA incremental_vacuum")
        || vacuum.equals("INCREMENTAL");
  }

  @Test
  void ofTwoVersionsOfSqliteAreTakenAlike() throws Exception {
    assumeTrue(SqliteShell.isPresent());
    Ledger ledger = new Ledger();
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database(), "wal_autocheckpoint=5")) {
      app.exec("CREATE TABLE t(x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      for (int i = 0; i < 12; i++) {
        app.exec("INSERT INTO t VALUES (randomblob(6000))");
        ledger.write(++txid, app.image());
        String mode = MODES.get(i % MODES.size());
        assertThat(
                SqliteShell.run(
                    rig.database(),
                    "INSERT INTO t VALUES (zeroblob(9000)); PRAGMA wal_checkpoint(" + mode + ");"))
            .doesNotContain("rror");
        ledger.write(++txid, app.image());
      }
      assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      assertThat(database.comparisons()).isEqualTo(1);
      ledger.check(rig.store());
    }
  }

  @Test
  void thatSpillCountOnceAndOnlyWhenTheyAreOver() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database(), "cache_size=5")) {
      app.exec("CREATE TABLE t(x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      Ledger ledger = new Ledger();
      for (String end : List.of("ROLLBACK", "COMMIT", "ROLLBACK", "COMMIT")) {
        app.exec("BEGIN");
        for (int i = 0; i < 200; i++) {
          app.exec("INSERT INTO t VALUES (randomblob(5000))");
        }
        app.exec("UPDATE t SET x = zeroblob(4000) WHERE rowid % 3 = 0");
        assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
        app.exec(end);
        txid += end.equals("COMMIT") ? 1 : 0;
        ledger.write(txid, app.image());
        assertThat(Rig.stored(database).txid().value()).isEqualTo(txid);
      }
      ledger.check(rig.store());
    }
  }
}
