package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess.Writes;
import dev.tidemark.sqlite.WalPin.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The pin's promise as a whole: under an application that checkpoints and resets as often as it
/// can, a reader that follows the header meets every transaction, in one unbroken chain. A pin by
/// SQL may stand aside for a checkpoint that waits for it; what is lost then is seen to be lost,
/// and no more often than somebody waited.
class TailContinuityTest {
  private static final long COMMITS = 600;
  private static final int TRUNCATES = 5;
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void noTransactionIsMissedWhileTheLogIsResetAgainAndAgain(LockMode mode) throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file);
        var other = SqliteProcess.open(file, "busy_timeout=20000");
        var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      app.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      try (var source = SourceDatabase.open(file, mode)) {
        var tail = new Tail(source, mode == LockMode.SQL);
        Writes writes = new Writes(COMMITS, 100, 0, 11);
        app.startWrites(
            directory.resolve("journal"), writes, "wal_autocheckpoint=20", "synchronous=NORMAL");
        Future<?> written = waiting.submit(() -> await(app));
        Future<List<CheckpointResult>> truncated = waiting.submit(() -> truncate(other));
        while (!written.isDone() || !truncated.isDone()) {
          tail.step();
        }
        written.get();
        tail.step();

        assertThat(truncated.get()).noneMatch(CheckpointResult::busy);
        assertThat(tail.transactions.get() + tail.lost).isEqualTo(COMMITS);
        assertThat(tail.absences).isLessThanOrEqualTo(TRUNCATES);
        assertThat(tail.resets).isPositive();
        assertThat(tail.reading.image()).isEqualTo(app.image());
      }
    }
  }

  @Test
  void attachUnderLoadIsExactAndSoIsWhatFollows() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file);
        var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      app.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      Path journal = directory.resolve("journal");
      app.startWrites(journal, Writes.saturating(12), "wal_autocheckpoint=50", "synchronous=OFF");
      Eventually.until(
          "some commits", () -> app.queryLong("SELECT count(*) FROM writes") > COMMITS / 10);
      try (var source = SourceDatabase.open(file, LockMode.OFD)) {
        var tail = new Tail(source, false);
        Future<?> written =
            waiting.submit(() -> {
              Eventually.until("commits after the copy", () -> tail.transactions.get() > 200);
              app.stopWrites();
              return true;
            });
        while (!written.isDone()) {
          tail.step();
        }
        written.get();
        tail.step();

        assertThat(tail.reading.image()).isEqualTo(app.image());
        assertThat(SqliteProcess.commits(journal)).hasSizeGreaterThan(200);
      }
    }
  }

  @Test
  void killInMidTransactionLeavesTheChainWhole() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file);
        var victim = SqliteProcess.open(file, "cache_size=5")) {
      app.exec("CREATE TABLE t(x)");
      try (var source = SourceDatabase.open(file, LockMode.OFD)) {
        var tail = new Tail(source, false);
        victim.exec("BEGIN");
        victim.exec(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                + " INSERT INTO t SELECT randomblob(900) FROM n");
        long spilled = source.walStat().size();
        victim.kill();

        app.exec("INSERT INTO t VALUES ('after')");
        tail.step();

        assertThat(spilled).isGreaterThan(WalFormat.frameOffset(tail.last.mxFrame() + 9, 4_096));
        assertThat(tail.transactions.get()).isEqualTo(1);
        assertThat(tail.reading.image()).isEqualTo(app.image());
      }
    }
  }

  private static boolean await(SqliteProcess app) throws IOException {
    app.awaitWrites();
    return true;
  }

  private static List<CheckpointResult> truncate(SqliteProcess other) throws IOException {
    List<CheckpointResult> results = new ArrayList<>();
    while (results.size() < TRUNCATES) {
      CheckpointResult result = other.checkpoint("TRUNCATE");
      // -1: the writer's own checkpoint was running. SQLite does not wait for another checkpoint,
      // with us or without.
      if (result.logFrames() >= 0) {
        results.add(result);
      }
    }
    return results;
  }

  /// The smallest thing that follows a log.
  private static final class Tail {
    private static final int SWAP_FRAMES = 40;
    private static final long PAUSE_NANOS = 50_000;

    private final Source source;
    private final WalReading reading;
    private WalIndexHeader last;
    private final AtomicLong transactions = new AtomicLong();
    private final boolean maySkip;
    private long resets;
    private long absences;
    private long lost;

    Tail(Source source, boolean maySkip) throws IOException, CorruptWalException {
      this.source = source;
      this.maySkip = maySkip;
      this.reading = new WalReading(source);
      this.last = reading.attach();
    }

    void step() throws IOException, CorruptWalException {
      if (source.changed()) {
        if (source.header().isEmpty()) {
          return;
        }
        source.pin().blockResets();
        read(source.header().orElse(last));
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      if (source.pin().state() == State.NO_RESET) {
        source.pin().refresh(last);
      }
      boolean wanted = last.mxFrame() > SWAP_FRAMES || source.checkpointerIsWaiting();
      if (wanted && source.nBackfill() == last.mxFrame()) {
        source.pin().allowOneReset(last);
      }
    }

    private void read(WalIndexHeader header) throws IOException, CorruptWalException {
      if (header.salts() != last.salts()) {
        resets++;
      }
      // After TRUNCATE the next commit may keep the salts that the index shows since then.
      if (header.salts() != last.salts() || last.mxFrame() == 0) {
        reading.begin(header);
      }
      long ended = reading.read(header).stream().filter(frame -> frame.header().isCommit()).count();
      if (maySkip && header.salts() != last.salts() && ended < header.transactionsSince(last)) {
        absences++;
        WalIndexHeader next = reading.attach();
        lost += next.transactionsSince(last);
        last = next;
        return;
      }
      assertThat(ended).as("%s after %s", header, last).isEqualTo(header.transactionsSince(last));
      transactions.addAndGet(ended);
      last = header;
    }
  }
}
