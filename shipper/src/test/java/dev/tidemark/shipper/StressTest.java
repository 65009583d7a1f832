package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.sqlite.SqliteShell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything that an application can do to a WAL, by several processes and two versions of SQLite
/// at once, with writers killed: no commit is lost, joined or invented, and nobody is kept waiting.
class StressTest {
  private static final long SECONDS = Long.getLong("tidemark.stress.seconds", 8);
  private static final long AUDIT_BYTES_PER_SECOND = 200L << 20;
  private static final long AUDIT_WITHOUT_PAUSE = Long.MAX_VALUE;
  private static final int BUSY_MILLIS = 30_000;
  private static final List<String> MODES = List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE");

  @TempDir Path folder;

  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void capturesEveryCommitOfEverybody() throws Exception {
    captures(LockMode.OFD);
  }

  @Test
  void capturesEveryCommitOfEverybodyWithSqlLocks() throws Exception {
    captures(LockMode.SQL);
  }

  private void captures(LockMode locks) throws Exception {
    long seed = System.nanoTime();
    try (Rig rig =
            new Rig(folder, "app.db", locks)
                .audit(Optional.of(Duration.ZERO), AUDIT_BYTES_PER_SECOND);
        SqliteProcess first = SqliteProcess.open(rig.database(), "busy_timeout=" + BUSY_MILLIS)) {
      first.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      first.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      first.exec("CREATE TABLE tally(n)");
      first.exec("INSERT INTO tally VALUES (0)");
      DatabaseWorker database = rig.start();
      long base = Rig.stored(database).txid().value();
      List<Future<Long>> writers = new ArrayList<>();
      try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 2; i++) {
          long own = seed + i;
          int checkpoint = List.of(7, 0).get(i);
          writers.add(
              pool.submit(
                  () -> writer(rig.database(), own, checkpoint, SqliteProcess::checkpoint)));
        }
        writers.add(pool.submit(() -> killed(rig.database(), seed + 10)));
        if (SqliteShell.isPresent()) {
          Random random = new Random(seed + 20);
          writers.add(
              pool.submit(() ->
                  shell(rig.database(), "", () -> "PRAGMA wal_checkpoint(" + mode(random) + ")")));
        }
        long counted = letRun(writers);
        counted += first.queryLong("SELECT max(n) FROM writes");
        Position last = Rig.stored(database);
        AuditStatus audit = database.status().audit();
        assertThat(audit.mismatches()).as("false alarms, seed " + seed).isZero();
        assertThat(audit.passes()).as("self-audits, seed " + seed).isGreaterThan(3);
        assertThat(database.comparisons()).as("whole reads, seed " + seed).isEqualTo(1);
        assertThat(StoredImage.latest(rig.store()).sha256())
            .as("final image, seed " + seed)
            .isEqualTo(first.image().sha256());
        assertThat(last.txid().value() - base).as("commits, seed " + seed).isEqualTo(counted);
      }
    }
  }

  /// Ends the writers after a while; answers what they have committed.
  private long letRun(List<Future<Long>> writers) throws Exception {
    TimeUnit.SECONDS.sleep(SECONDS);
    stop.set(true);
    long counted = 0;
    for (Future<Long> writer : writers) {
      counted += writer.get();
    }
    return counted;
  }

  /// One application checkpoints, vacuums and writes; others, of both versions, only write. So
  /// SQLite itself has no reason to call anything busy.
  @Test
  void nobodyIsKeptFromAnythingByASelfAuditWithoutPause() throws Exception {
    long seed = System.nanoTime();
    try (Rig rig =
            new Rig(folder, "app.db", LockMode.OFD)
                .audit(Optional.of(Duration.ZERO), AUDIT_WITHOUT_PAUSE);
        SqliteProcess first = SqliteProcess.open(rig.database(), "wal_autocheckpoint=0")) {
      first.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      first.exec("CREATE TABLE tally(n)");
      first.exec("INSERT INTO tally VALUES (0)");
      DatabaseWorker database = rig.start();
      long base = Rig.stored(database).txid().value();
      List<Future<Long>> writers = new ArrayList<>();
      try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
        writers.add(pool.submit(() -> writer(rig.database(), seed, 7, StressTest::alone)));
        writers.add(pool.submit(() -> writer(rig.database(), seed + 1, 0, (_, _) -> {})));
        if (SqliteShell.isPresent()) {
          writers.add(
              pool.submit(() -> shell(rig.database(), "PRAGMA wal_autocheckpoint=0", () -> "")));
        }
        long counted = letRun(writers);
        Position last = Rig.stored(database);
        long passes = database.status().audit().passes();
        Rig.until("a last pass", () -> database.status().audit().passes() > passes + 1);
        assertThat(passes).as("self-audits, seed " + seed).isPositive();
        assertThat(database.status().audit().mismatches())
            .as("false alarms, seed " + seed)
            .isZero();
        assertThat(database.comparisons()).as("whole reads, seed " + seed).isEqualTo(1);
        assertThat(last.txid().value() - base).as("commits, seed " + seed).isEqualTo(counted);
      }
    }
  }

  /// Nobody else checkpoints, so it comes to its end.
  private static void alone(SqliteProcess app, String mode) throws IOException {
    assertThat(app.checkpoint(mode).busy()).as(mode).isFalse();
  }

  /// A checkpoint in one of the modes.
  private interface Checkpoint {
    void run(SqliteProcess app, String mode) throws IOException;
  }

  /// Answers how many transactions it committed.
  private long writer(Path database, long seed, int autocheckpoint, Checkpoint checkpoint)
      throws Exception {
    Random random = new Random(seed);
    long commits = 0;
    try (SqliteProcess app =
        SqliteProcess.open(
            database,
            "busy_timeout=" + BUSY_MILLIS,
            "wal_autocheckpoint=" + autocheckpoint,
            "cache_size=20")) {
      while (!stop.get()) {
        commits += act(app, random, checkpoint);
      }
    }
    return commits;
  }

  private static int act(SqliteProcess app, Random random, Checkpoint checkpoint)
      throws IOException {
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3 -> {
        checkpoint.run(app, mode(random));
        yield 0;
      }
      case 4, 5, 6 ->
          all(app, 0, "BEGIN IMMEDIATE", "INSERT INTO t(x) VALUES (zeroblob(400000))", "ROLLBACK");
      case 7, 8, 9 ->
          all(
              app,
              1,
              "BEGIN IMMEDIATE",
              "INSERT INTO t(x) VALUES (randomblob(300000))",
              "SAVEPOINT s",
              "UPDATE t SET x = 1 WHERE id % 2 = 0",
              "ROLLBACK TO s",
              "COMMIT");
      case 10, 11 ->
          all(
              app,
              1,
              "BEGIN IMMEDIATE",
              "DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 60)",
              "UPDATE tally SET n = n + 1",
              "COMMIT");
      case 12 -> all(app, 1, "VACUUM");
      default -> all(app, 1, "INSERT INTO t(x) VALUES (randomblob(" + random.nextInt(4000) + "))");
    };
  }

  private static int all(SqliteProcess app, int commits, String... statements) throws IOException {
    for (String statement : statements) {
      app.exec(statement);
    }
    return commits;
  }

  private static String mode(Random random) {
    return MODES.get(random.nextInt(MODES.size()));
  }

  /// A writer that is killed again and again. What it committed is the greatest number in the
  /// table.
  private long killed(Path database, long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; !stop.get(); i++) {
      try (SqliteProcess app = SqliteProcess.openAsIs(database)) {
        app.startWrites(
            folder.resolve("journal" + i),
            SqliteProcess.Writes.saturating(seed + i).pausing(200),
            "busy_timeout=" + BUSY_MILLIS,
            "wal_autocheckpoint=" + (i % 2 == 0 ? 3 : 1000));
        TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(500));
        app.kill();
      }
    }
    return 0;
  }

  /// The other version of SQLite, with something to do before and after it writes.
  private long shell(Path database, String before, Supplier<String> after) throws IOException {
    long commits = 0;
    while (!stop.get()) {
      String said =
          SqliteShell.run(
              database,
              "PRAGMA busy_timeout=%d; %s; INSERT INTO t(x) VALUES (randomblob(5000));"
                      .formatted(BUSY_MILLIS, before)
                  + "UPDATE tally SET n = n + 1; %s;".formatted(after.get()));
      assertThat(said).doesNotContain("rror").doesNotContain("locked");
      commits += 2;
    }
    return commits;
  }
}
