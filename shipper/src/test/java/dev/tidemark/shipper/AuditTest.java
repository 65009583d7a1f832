package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in the database file and was never committed is found, told, and shipped as one
/// transaction.
class AuditTest {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final long FAST = 64L << 20;
  private static final int PAGE_BYTES = 4096;

  @TempDir Path folder;

  private final Ledger ledger = new Ledger();

  private Rig rig(LockMode locks) {
    return new Rig(folder, "app.db", locks).audit(Optional.of(AT_ONCE), FAST);
  }

  private static AuditStatus audit(DatabaseWorker database) {
    return database.status().audit();
  }

  /// By tools that know nothing of SQLite, in a process of their own.
  private void tool(String... command) throws Exception {
    Process tool = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertThat(tool.waitFor()).isZero();
  }

  private void write(long pgno) throws Exception {
    String target =
        "of=app.db bs=1 conv=notrunc status=none seek=" + ((pgno - 1) * PAGE_BYTES + 3000);
    tool("sh", "-c", "printf oops | dd " + target);
  }

  private static void fill(SqliteProcess app) throws Exception {
    app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    app.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
            + " INSERT INTO t(x) SELECT randomblob(4000) FROM n");
  }

  @Test
  void aPageWrittenBehindItsBackIsShippedByOneResync() throws Exception {
    try (Rig rig = rig(LockMode.AUTO);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      fill(app);
      app.checkpoint("TRUNCATE");
      DatabaseWorker database = rig.start();
      assertThat(Rig.stored(database).txid().value()).isEqualTo(1);
      ledger.write(1, app.image());
      Rig.until("a pass", () -> audit(database).passes() > 0);
      assertThat(audit(database).mismatches()).isZero();
      write(57);
      Rig.until("found", () -> audit(database).mismatches() == 1);
      assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
      ledger.write(2, imageWithoutCache());
      long passes = audit(database).passes();
      Rig.until("proven again", () -> audit(database).passes() > passes + 1);
      assertThat(audit(database).mismatches()).isEqualTo(1);
      assertThat(database.status().problem()).isEmpty();
      app.exec("INSERT INTO t(x) VALUES (1)");
      assertThat(Rig.stored(database).txid().value()).isEqualTo(3);
      ledger.write(3, imageWithoutCache());
      ledger.check(rig.store());
    }
  }

  /// The application itself may have the page in its cache, as it was.
  private SqliteProcess.Image imageWithoutCache() throws Exception {
    try (SqliteProcess another = SqliteProcess.openAsIs(folder.resolve("app.db"))) {
      return another.image();
    }
  }

  @Test
  void aPageWrittenBehindItsBackIsFoundWhileOthersAreCommitted() throws Exception {
    findsAmongCommits(LockMode.OFD);
  }

  @Test
  void aPageWrittenBehindItsBackIsFoundWhileOthersAreCommittedWithSqlLocks() throws Exception {
    findsAmongCommits(LockMode.SQL);
  }

  private void findsAmongCommits(LockMode locks) throws Exception {
    try (Rig rig = rig(locks);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      fill(app);
      app.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      app.checkpoint("TRUNCATE");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      app.startWrites(folder.resolve("journal"), SqliteProcess.Writes.saturating(1).pausing(500));
      Rig.until("a pass", () -> audit(database).passes() > 1);
      assertThat(audit(database).mismatches()).isZero();
      write(99);
      Rig.until("found", () -> audit(database).mismatches() == 1);
      long passes = audit(database).passes();
      Rig.until("proven again", () -> audit(database).passes() > passes + 1);
      app.stopWrites();
      Rig.stored(database);
      assertThat(audit(database).mismatches()).isEqualTo(1);
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }

  /// An older copy, put into the same file while the daemon was down and the WAL was kept: to the
  /// start it looks like a database that goes on.
  @Test
  void anOlderCopyUnderAWalThatGoesOnIsFoundByTheFirstPass() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Rig rig = rig(LockMode.AUTO).audit(Optional.of(Duration.ofDays(1)), FAST)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database(), "wal_autocheckpoint=0")) {
        fill(app);
        app.checkpoint("TRUNCATE");
        app.saveImage(copy);
        DatabaseWorker before = rig.start();
        Rig.stored(before);
        app.exec("UPDATE t SET x = randomblob(4000) WHERE id = 200");
        Rig.stored(before);
        Rig.until("an empty WAL", () -> !app.checkpoint("TRUNCATE").busy());
        app.exec("INSERT INTO t(x) VALUES (1)");
        assertThat(Rig.stored(before).txid().value()).isEqualTo(3);
        ledger.write(3, app.image());
        rig.stop();
        app.kill();
      }
      tool("cp", "copy.db", "app.db");
      try (SqliteProcess app = SqliteProcess.openAsIs(rig.database())) {
        DatabaseWorker database = rig.start();
        Rig.until("found", () -> audit(database).mismatches() == 1);
        assertThat(Rig.stored(database).txid().value()).isEqualTo(4);
        ledger.write(4, app.image());
        ledger.check(rig.store());
      }
    }
  }

  @Test
  void whatWasComparedAtTheStartIsNotReadAgainAtOnce() throws Exception {
    try (Rig rig = rig(LockMode.AUTO).audit(Optional.of(Duration.ofDays(1)), FAST);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      fill(app);
      app.checkpoint("TRUNCATE");
      DatabaseWorker first = rig.start();
      Rig.stored(first);
      app.exec("INSERT INTO t(x) VALUES (1)");
      Rig.stored(first);
      assertThat(audit(first)).isEqualTo(AuditStatus.NONE);
      rig.stop();
      Instant before = Instant.now();
      DatabaseWorker again = rig.start();
      Rig.until("a pass after a start without", () -> audit(again).passes() == 1);
      assertThat(again.comparisons()).isZero();
      assertThat(audit(again).lastPass().orElseThrow()).isBetween(before, Instant.now());
      assertThat(audit(again).pages()).isPositive();
    }
  }

  /// Half of the file is gone, and SQLite has not noticed yet: that cannot be shipped, and is told
  /// for as long as it is so.
  @Test
  void aFileThatWasCutIsAProblemUntilItIsMended() throws Exception {
    try (Rig rig = rig(LockMode.AUTO);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      fill(app);
      app.exec("INSERT INTO t(x) VALUES (1)");
      app.checkpoint("PASSIVE");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      app.exec("INSERT INTO t(x) VALUES (2)");
      Rig.stored(database);
      tool("truncate", "-s", Long.toString(100L * PAGE_BYTES), "app.db");
      Rig.until("told", () -> database.status().problem().isPresent());
      assertThat(database.status().problem().orElseThrow())
          .containsPattern("at page (101|129|193|257) and \\d+ more of \\d+ compared; ")
          .contains("that cannot be shipped: " + rig.database().toRealPath());
    }
  }
}
