package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaWalTest {
  private static final int PAGE = 512;
  @TempDir Path directory;
  private Path replicaFile = Path.of("");
  private SqliteProcess app;
  private byte[] state = {};

  @BeforeEach
  void makeSourceAndReplica() throws Exception {
    app = SqliteProcess.openAsIs(directory.resolve("app.db"));
    app.exec("PRAGMA page_size=" + PAGE);
    app.exec("PRAGMA journal_mode=WAL");
    app.exec("CREATE TABLE t(i INTEGER PRIMARY KEY, x)");
    replicaFile = directory.resolve("replica.db");
    app.saveImage(replicaFile);
    state = Files.readAllBytes(replicaFile);
  }

  @AfterEach
  void closeSource() {
    app.close();
  }

  @Test
  void commitsOfOursAreCommitsForStockReaders() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(1));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      for (int i = 0; i < 5; i++) {
        insert(20);
        follow(replica);
        assertThat(reader.image()).isEqualTo(app.image());
      }
      assertThat(reader.query("PRAGMA integrity_check")).isEqualTo("ok");
      if (SqliteShell.isPresent()) {
        assertThat(SqliteShell.run(replicaFile, "SELECT count(*) FROM t")).isEqualTo("100");
      }
    }
  }

  @Test
  void framesInLaterHashBlocksAreFound() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(2));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      insert(4_000);
      follow(replica);
      app.exec("UPDATE t SET x = randomblob(400)");
      follow(replica);
      app.exec("UPDATE t SET x = randomblob(401) WHERE i % 3 = 0");
      follow(replica);

      assertThat(replica.header().orElseThrow().mxFrame()).isGreaterThan(4_062 + 4_096 + 100);
      assertThat(reader.image()).isEqualTo(app.image());
      assertThat(reader.query("PRAGMA integrity_check")).isEqualTo("ok");
      assumeTrue(SqliteShell.isPresent());
      assertThat(SqliteShell.run(replicaFile, "PRAGMA integrity_check")).isEqualTo("ok");
    }
  }

  @Test
  void openReadTransactionKeepsItsState() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(3));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      insert(10);
      follow(replica);
      reader.exec("BEGIN");
      assertThat(reader.query("SELECT count(*) FROM t")).isEqualTo("10");

      insert(10);
      follow(replica);
      assertThat(replica.checkpointPassive().isComplete()).isFalse();
      assertThat(replica.tryReset()).isFalse();

      assertThat(reader.query("SELECT count(*) FROM t")).isEqualTo("10");
      reader.exec("COMMIT");
      assertThat(reader.query("SELECT count(*) FROM t")).isEqualTo("20");
    }
  }

  @Test
  void resetStartsTheLogAgainForReadersThatStay() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(4));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      insert(300);
      follow(replica);
      assertThat(reader.image()).isEqualTo(app.image());
      assertThat(replica.tryReset()).as("not backfilled yet").isFalse();
      WalIndexHeader before = replica.header().orElseThrow();

      assertThat(replica.checkpointPassive().isComplete()).isTrue();
      assertThat(replica.tryReset()).isTrue();
      assertThat(reader.image()).isEqualTo(app.image());
      insert(1);
      follow(replica);

      WalIndexHeader after = replica.header().orElseThrow();
      assertThat(after.mxFrame()).isLessThan(before.mxFrame());
      assertThat(after.transactionsSince(before)).isEqualTo(1);
      assertThat(reader.image()).isEqualTo(app.image());
    }
  }

  @Test
  void databaseShrinksWithTheCommitSize() throws Exception {
    app.exec("PRAGMA auto_vacuum=FULL");
    app.exec("VACUUM");
    try (var replica = ReplicaWal.open(replicaFile, new Random(5));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      insert(300);
      follow(replica);
      app.exec("DELETE FROM t WHERE i > 5");
      follow(replica);

      assertThat(reader.image()).isEqualTo(app.image());
      replica.checkpointPassive();
      assertThat(Files.size(replicaFile)).isEqualTo(app.image().bytes());
    }
  }

  @Test
  void rolledBackFramesCountForNobody() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(6));
        var reader = SqliteProcess.openAsIs(replicaFile)) {
      insert(10);
      follow(replica);
      assertThat(replica.tryBegin()).isTrue();
      for (int i = 0; i < 2_000; i++) {
        replica.put(2 + i % 5, new byte[PAGE], 0);
      }
      replica.rollback();

      assertThat(reader.image()).isEqualTo(app.image());
      insert(1);
      follow(replica);
      assertThat(reader.image()).isEqualTo(app.image());
      assertThat(reader.query("PRAGMA integrity_check")).isEqualTo("ok");
    }
  }

  @Test
  void logOfOursIsRecoveredWhenTheIndexIsGone() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(7))) {
      insert(500);
      follow(replica);
    }
    Files.delete(WalReading.beside(replicaFile, "-shm"));

    try (var reader = SqliteProcess.openAsIs(replicaFile)) {
      assertThat(reader.image()).isEqualTo(app.image());
    }
  }

  @Test
  void writerElsewhereKeepsUsOut() throws Exception {
    try (var replica = ReplicaWal.open(replicaFile, new Random(8));
        var other = SqliteProcess.openAsIs(replicaFile)) {
      other.exec("BEGIN IMMEDIATE");
      assertThat(replica.tryBegin()).isFalse();
      other.exec("ROLLBACK");
      assertThat(replica.tryBegin()).isTrue();
      assertThatThrownBy(() -> replica.commit(1, false)).isInstanceOf(IllegalStateException.class);
      replica.rollback();
    }
  }

  private void insert(int rows) throws IOException {
    app.exec(
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                + " INSERT INTO t(x) SELECT randomblob(400) FROM n")
            .formatted(rows));
  }

  /// Brings the pages in which the source now differs to the replica, as one transaction.
  private void follow(ReplicaWal replica) throws IOException {
    Path image = directory.resolve("image");
    app.saveImage(image);
    byte[] next = Files.readAllBytes(image);
    assertThat(replica.tryBegin()).isTrue();
    for (int at = 0; at < next.length; at += PAGE) {
      int end = at + PAGE;
      if (end > state.length || !Arrays.equals(next, at, end, state, at, end)) {
        replica.put(1 + at / PAGE, next, at);
      }
    }
    replica.commit(next.length / PAGE, false);
    state = next;
  }
}
