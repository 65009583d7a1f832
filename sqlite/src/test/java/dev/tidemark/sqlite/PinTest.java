package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.WalPin.State;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PinTest {
  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = directory.resolve("app.db");
  }

  @Test
  void withoutAPinTheNextCommitResetsABackfilledLog() throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, LockMode.OFD)) {
      WalIndexHeader before = backfilled(app, source);
      source.pin().release();

      insert(app);

      WalIndexHeader after = source.header().orElseThrow();
      assertThat(after.salts()).isNotEqualTo(before.salts());
      assertThat(after.mxFrame()).isLessThan(before.mxFrame());
      assertThat(source.pin().state()).isEqualTo(State.RELEASED);
    }
  }

  @Test
  void heldSlotBlocksResetsAndNotCheckpoints() throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, LockMode.OFD)) {
      WalIndexHeader before = backfilled(app, source);
      assertThat(source.pin().state()).isEqualTo(State.NO_RESET);

      for (int i = 0; i < 3; i++) {
        insert(app);
        assertThat(app.checkpoint("PASSIVE").isComplete()).isTrue();
        assertThat(app.checkpoint("RESTART").busy()).isTrue();
      }

      WalIndexHeader after = source.header().orElseThrow();
      assertThat(after.salts()).isEqualTo(before.salts());
      assertThat(after.mxFrame()).isEqualTo(before.mxFrame() + 3);
      assertThat(source.nBackfill()).isEqualTo(after.mxFrame());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void swapLetsExactlyOneResetHappen(LockMode mode) throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, mode)) {
      WalIndexHeader first = backfilled(app, source);
      assertThat(source.pin().allowOneReset(first)).isTrue();
      assertThat(source.pin().state()).isEqualTo(State.ONE_RESET);

      insert(app);
      WalIndexHeader reset = source.header().orElseThrow();
      assertThat(reset.salts()).isNotEqualTo(first.salts());
      assertThat(reset.transactionsSince(first)).isEqualTo(1);

      assertThat(app.checkpoint("PASSIVE").isComplete()).isFalse();
      assertThat(app.checkpoint("RESTART").busy()).isTrue();
      insert(app);
      WalIndexHeader appended = source.header().orElseThrow();
      assertThat(appended.salts()).isEqualTo(reset.salts());
      assertThat(appended.mxFrame()).isEqualTo(reset.mxFrame() + 1);

      assertThat(source.pin().blockResets()).isTrue();
      assertThat(source.pin().state()).isEqualTo(State.NO_RESET);
      assertThat(source.pin().refresh(source.header().orElseThrow())).isTrue();
      assertThat(app.checkpoint("PASSIVE").isComplete()).isTrue();
      insert(app);
      assertThat(source.header().orElseThrow().salts()).isEqualTo(reset.salts());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void noSwapWhileSomethingIsUnshippedOrNotBackfilled(LockMode mode) throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, mode)) {
      insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      WalIndexHeader notBackfilled = source.header().orElseThrow();
      assertThat(source.pin().allowOneReset(notBackfilled)).isFalse();

      WalIndexHeader shipped = source.header().orElseThrow();
      insert(app);
      source.checkpointPassive();
      assertThat(source.pin().allowOneReset(shipped)).isFalse();

      assertThat(source.pin().state()).isEqualTo(State.NO_RESET);
      assertThat(app.checkpoint("TRUNCATE").busy()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void releasingTwiceIsReleasingOnce(LockMode mode) throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, mode)) {
      insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      source.pin().release();
      source.pin().release();
      assertThat(source.pin().state()).isEqualTo(State.RELEASED);
      assertThat(app.checkpoint("RESTART").busy()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void pinLimitsCheckpointsAfterAResetUntilItIsRefreshed(LockMode mode) throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, mode)) {
      assertThat(source.pin().allowOneReset(backfilled(app, source))).isTrue();
      insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      insert(app);
      WalIndexHeader shipped = source.header().orElseThrow();
      assertThat(source.pin().limitsCheckpoints()).isTrue();
      assertThat(app.checkpoint("PASSIVE").backfilledFrames()).isLessThan(shipped.mxFrame());
      long backfilled = source.nBackfill();
      insert(app);
      app.checkpoint("PASSIVE");
      assertThat(source.nBackfill()).as("nothing more to do").isEqualTo(backfilled);

      WalIndexHeader newest = source.header().orElseThrow();
      assertThat(source.pin().refresh(newest)).isTrue();

      assertThat(source.pin().state()).isEqualTo(State.NO_RESET);
      assertThat(app.checkpoint("PASSIVE").backfilledFrames()).isEqualTo(newest.mxFrame());
      assertThat(app.checkpoint("RESTART").busy()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void truncateSucceedsWithinItsBusyHandlerAfterTheSwap(LockMode mode) throws Exception {
    try (var app = app();
        var source = SourceDatabase.open(file, mode)) {
      insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      app.exec("PRAGMA busy_timeout=20000");
      assertThat(source.checkpointerIsWaiting()).isFalse();
      app.send("query", "PRAGMA wal_checkpoint(TRUNCATE)");
      Eventually.until("the checkpoint waits for the pin", source::checkpointerIsWaiting);

      WalIndexHeader shipped = source.header().orElseThrow();
      source.pin().refresh(shipped);
      Eventually.until("the swap is done", () -> source.pin().allowOneReset(shipped));

      assertThat(app.answer()).isEqualTo("0|0|0");
      assertThat(source.header().orElseThrow().mxFrame()).isZero();
      assertThat(source.walStat().size()).isZero();
      insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      assertThat(source.header().orElseThrow().transactionsSince(shipped)).isEqualTo(1);
    }
  }

  @Test
  void locksOutliveConnectionsOfThisProcess() throws Exception {
    var app = app();
    try (var source = SourceDatabase.open(file, LockMode.OFD)) {
      WalIndexHeader before = backfilled(app, source);
      source.checkpointPassive();
      try (var connection = SqlConnection.open(file, 0)) {
        connection.read();
      }

      insert(app);
      assertThat(source.header().orElseThrow().salts()).isEqualTo(before.salts());
      app.close();

      assertThat(WalReading.beside(file, "-wal")).exists();
      assertThat(WalReading.beside(file, "-shm")).exists();
      assertThat(source.stillSameFiles()).isTrue();
      assertThat(source.header().orElseThrow().transactionsSince(before)).isEqualTo(1);
    }
    try (var next = SqliteProcess.openAsIs(file)) {
      assertThat(next.query("SELECT count(*) FROM t")).isEqualTo("2");
    }
    assertThat(Files.exists(WalReading.beside(file, "-wal"))).as("left behind").isFalse();
  }

  private SqliteProcess app() throws Exception {
    return app(file);
  }

  static SqliteProcess app(Path file) throws Exception {
    SqliteProcess app = SqliteProcess.open(file, "wal_autocheckpoint=0", "busy_timeout=0");
    app.exec("CREATE TABLE t(x)");
    return app;
  }

  static void insert(SqliteProcess app) throws Exception {
    app.exec("INSERT INTO t VALUES (1)");
  }

  static WalIndexHeader backfilled(SqliteProcess app, SourceDatabase source) throws Exception {
    insert(app);
    WalIndexHeader header = source.header().orElseThrow();
    if (source.pin().state() == State.ONE_RESET) {
      assertThat(source.pin().blockResets()).isTrue();
    }
    source.pin().refresh(header);
    assertThat(app.checkpoint("PASSIVE").isComplete()).isTrue();
    return header;
  }
}
