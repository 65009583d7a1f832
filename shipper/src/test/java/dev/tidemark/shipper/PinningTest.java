package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.SourceDatabase;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.sqlite.WalIndexHeader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pin of a database that was just attached, while the application checkpoints.
class PinningTest {
  /// More often than a pin is begun anew by itself.
  private static final int TRIES = 100;

  @TempDir Path folder;

  /// The comparison covers what was committed after the pin was taken. Nothing is left to capture,
  /// and the pin rests behind the newest frame: a checkpoint waits for it and holds back the commit
  /// that would move it on.
  @ParameterizedTest
  @ValueSource(strings = {"FULL", "RESTART", "TRUNCATE"})
  void movesOnAfterTheComparisonThoughNothingIsLeftToCapture(String mode) throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app =
            SqliteProcess.open(rig.database(), "wal_autocheckpoint=0", "busy_timeout=20000")) {
      app.exec("CREATE TABLE t(x)");
      try (Source source = SourceDatabase.open(rig.database(), LockMode.SQL)) {
        restsBehindTheNewestFrame(source, app);
        Capture capture = capture(rig, source);
        capture.reconcile();

        FutureTask<String> checkpoint =
            new FutureTask<>(() -> app.query("PRAGMA wal_checkpoint(%s)".formatted(mode)));
        Thread.ofVirtual().start(checkpoint);
        Rig.until(
            "the checkpoint ends",
            () -> {
              look(capture);
              return checkpoint.isDone();
            });

        assertThat(checkpoint.get()).startsWith("0|");
      }
    }
  }

  private static void restsBehindTheNewestFrame(Source source, SqliteProcess app) throws Exception {
    WalIndexHeader earlier = source.header().orElseThrow();
    app.exec("INSERT INTO t VALUES (1)");
    for (int i = 0; i < TRIES; i++) {
      source.pin().refresh(earlier);
    }
    app.exec("INSERT INTO t VALUES (2)");
  }

  /// What the shipper does each millisecond.
  private static void look(Capture capture) throws Exception {
    if (capture.pinning().wantsMove() || capture.pinning().canAllowReset()) {
      capture.capture();
      capture.swapPin(false);
    }
  }

  private Capture capture(Rig rig, Source source) throws Exception {
    StateFiles files = new DiskFiles(Files.createDirectory(folder.resolve("state")));
    PageTable table = new PageTable(files, PageTable.FILE);
    Spool spool = new Spool(files, table, new Id128(1, 1), new Id128(2, 2));
    spool.recover(Position.START);
    Context context =
        new Context(
            InstantSource.system(),
            System::nanoTime,
            _ -> {},
            new SplittableRandom(5),
            _ -> source,
            _ -> files,
            Runnable::run,
            Runnable::run,
            Runnable::run,
            new IoBudget(1 << 20));
    return new Capture(
        source,
        spool,
        files,
        context,
        new CommitTimes(),
        () -> {},
        new Overrun(rig.config(), files));
  }
}
