package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.WalPin.State;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A pin by SQL transactions on a slot for which a checkpoint of the application waits.
class SqlPinTest {
  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = directory.resolve("app.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESTART", "TRUNCATE"})
  void checkpointGoesThroughThoughTheSwapMetTheEndOfAnother(String mode) throws Exception {
    try (var app = PinTest.app(file);
        // Closed last: closing it drops the locks of SQLite's own connections in this process.
        var shm = openedShm(app);
        var source = SourceDatabase.open(file, LockMode.SQL)) {
      WalIndexHeader shipped = PinTest.backfilled(app, source);
      var checkpointer = new OfdLocks(shm);
      assertThat(checkpointer.tryExclusive(LockBytes.read(0))).isTrue();
      assertThat(source.pin().allowOneReset(shipped)).isTrue();
      checkpointer.unlock(LockBytes.read(0));
      assertThat(app.checkpoint(mode).busy()).as("the pin is on a slot with a mark").isTrue();

      app.exec("PRAGMA busy_timeout=20000");
      app.send("query", "PRAGMA wal_checkpoint(" + mode + ")");
      Eventually.until("the checkpoint waits for the pin", source::checkpointerIsWaiting);
      refreshUntilNobodyWaits(source, shipped);

      assertThat(app.answer()).startsWith("0|");
      assertThat(source.pin().state()).isEqualTo(State.ONE_RESET);
    }
  }

  @Test
  void checkpointGoesThroughThoughEverySlotWasInUseWhenThePinMoved() throws Exception {
    try (var app = PinTest.app(file);
        var shm = openedShm(app);
        var source = SourceDatabase.open(file, LockMode.SQL)) {
      PinTest.insert(app);
      assertThat(source.pin().blockResets()).isTrue();
      PinTest.insert(app);
      WalIndexHeader shipped = source.header().orElseThrow();
      var readers = new OfdLocks(shm);
      assertThat(readers.tryShared(LockBytes.READERS)).isTrue();
      source.pin().refresh(shipped);
      readers.unlock(LockBytes.READERS);
      assertThat(app.checkpoint("FULL").busy()).as("the pin is on a lower mark").isTrue();

      app.exec("PRAGMA busy_timeout=20000");
      app.send("query", "PRAGMA wal_checkpoint(FULL)");
      Eventually.until("the checkpoint waits for the pin", source::checkpointerIsWaiting);
      refreshUntilNobodyWaits(source, shipped);

      assertThat(app.answer()).startsWith("0|");
      assertThat(source.pin().state()).isNotEqualTo(State.RELEASED);
      assertThat(source.nBackfill()).isEqualTo(shipped.mxFrame());
    }
  }

  @Test
  void checkpointGoesThroughThoughThePinTookTheSlotThatItWaitsFor() throws Exception {
    try (var app = PinTest.app(file);
        var shm = openedShm(app);
        var source = SourceDatabase.open(file, LockMode.SQL)) {
      WalIndexHeader backfilled = PinTest.backfilled(app, source);
      assertThat(source.pin().allowOneReset(backfilled)).isTrue();
      var reader = new OfdLocks(shm);
      assertThat(reader.tryShared(LockBytes.READERS)).isTrue();
      PinTest.insert(app);
      PinTest.insert(app);
      WalIndexHeader shipped = source.header().orElseThrow();
      app.exec("PRAGMA busy_timeout=20000");
      app.send("query", "PRAGMA wal_checkpoint(FULL)");
      Eventually.until("the checkpoint waits for a reader", source::checkpointerIsWaiting);
      reader.unlock(LockBytes.READERS);
      assertThat(source.pin().blockResets()).isTrue();

      refreshUntilNobodyWaits(source, shipped);

      assertThat(app.answer()).startsWith("0|");
      assertThat(source.pin().state()).isNotEqualTo(State.RELEASED);
      assertThat(source.nBackfill()).isEqualTo(shipped.mxFrame());
    }
  }

  private static void refreshUntilNobodyWaits(SourceDatabase source, WalIndexHeader shipped)
      throws Exception {
    Eventually.until(
        "the pin is begun again, elsewhere",
        () -> {
          if (source.pin().wantsRefresh()) {
            source.pin().refresh(shipped);
          }
          return !source.checkpointerIsWaiting();
        });
  }

  private NativeFile openedShm(SqliteProcess app) throws Exception {
    PinTest.insert(app);
    return NativeFile.openReadWrite(WalReading.beside(file, "-shm"));
  }
}
