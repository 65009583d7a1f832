package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.Source;
import dev.tidemark.sqlite.SourceDatabase;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.sqlite.UnsuitableDatabaseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that is not there yet, or not yet what it will be.
class AppearingTest {
  @TempDir Path folder;

  @Test
  void isShippedFromItsFirstWalCommit() throws Exception {
    try (Rig rig = new Rig(folder)) {
      DatabaseWorker database = rig.start();
      Rig.until("it says what it waits for", () -> database.status().problem().isPresent());
      assertThat(database.status().problem().orElseThrow()).contains("waiting for the database");
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
        app.exec("INSERT INTO t VALUES (1)");
        assertThat(Rig.stored(database).txid().value()).isPositive();
        assertThat(database.status().problem()).isEmpty();
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
    }
  }

  @Test
  void mayBeginInRollbackModeWhileWeWait() throws Exception {
    try (Rig rig = new Rig(folder)) {
      DatabaseWorker database = rig.start();
      Rig.until("it waits", () -> database.status().problem().isPresent());
      try (SqliteProcess app = SqliteProcess.openAsIs(rig.database())) {
        app.exec("CREATE TABLE t(x)");
        app.exec("INSERT INTO t VALUES (1)");
        Rig.until(
            "it says what to do",
            () -> database.status().problem().orElse("").contains("journal_mode=WAL"));
        app.exec("PRAGMA journal_mode=WAL");
        app.exec("INSERT INTO t VALUES (2)");
        Rig.stored(database);
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
    }
  }

  @Test
  void inRollbackModeFromTheStartIsRefused() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.openAsIs(rig.database())) {
        app.exec("CREATE TABLE t(x)");
      }
      DatabaseWorker database = rig.start();
      assertThat(Rig.endOf(database))
          .isInstanceOf(UnsuitableDatabaseException.class)
          .hasMessageContaining("PRAGMA journal_mode=WAL");
    }
  }

  @Test
  void mayPassThroughRollbackModeAtTheFirstLook() throws Exception {
    Path file = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.openAsIs(file)) {
      app.exec("CREATE TABLE t(x)");
      FirstAttach attach =
          new FirstAttach(
              file,
              path -> SourceDatabase.open(path, LockMode.AUTO),
              _ -> sql(app, "PRAGMA journal_mode=WAL"),
              _ -> {});
      try (Source source = attach.await()) {
        assertThat(source.stillSameFiles()).isTrue();
      }
    }
  }

  private static void sql(SqliteProcess app, String text) {
    try {
      app.exec(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void emptyFileIsWaitedFor() throws Exception {
    try (Rig rig = new Rig(folder)) {
      Files.createFile(rig.database());
      DatabaseWorker database = rig.start();
      Rig.until("it waits", () -> database.status().problem().orElse("").contains("is empty"));
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
        Rig.stored(database);
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
    }
  }

  @Test
  void withoutTablesIsOnePage() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      DatabaseWorker database = rig.start();
      assertThat(Rig.stored(database).txid().value()).isEqualTo(1);
      assertThat(StoredImage.latest(rig.store()).bytes()).hasSize(4096);
      app.exec("CREATE TABLE t(x)");
      assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }

  @Test
  void thatVanishesIsReportedAndItsSuccessorIsAResync() throws Exception {
    try (Rig rig = new Rig(folder)) {
      DatabaseWorker database;
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
        database = rig.start();
        Rig.stored(database);
      }
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        Files.deleteIfExists(folder.resolve("app.db" + suffix));
      }
      Rig.until(
          "it says that the file is gone",
          () -> database.status().problem().orElse("").contains("does not exist"));
      assertThat(Rig.stored(database).txid().value()).isEqualTo(1);
      // Whole when it appears: in WAL mode and without its table, it would be a state of its own.
      Path successor = folder.resolve("successor.db");
      try (SqliteProcess app = SqliteProcess.open(successor)) {
        app.exec("CREATE TABLE other(y)");
      }
      Files.move(successor, rig.database());
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        Rig.until("it is attached again", () -> database.status().problem().isEmpty());
        assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
      }
    }
  }

  @Test
  void isWhatASyncAnswersForAsSoonAsItHasTheName() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
      }
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      for (int i = 1; i <= 3; i++) {
        Path successor = folder.resolve("successor.db");
        try (SqliteProcess app = SqliteProcess.open(successor)) {
          app.exec("CREATE TABLE successor" + i + "(x)");
        }
        for (String suffix : new String[] {"-wal", "-shm"}) {
          Files.deleteIfExists(folder.resolve("app.db" + suffix));
        }
        Files.move(successor, rig.database(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(Rig.stored(database).txid().value()).as("replaced %d times", i).isEqualTo(1 + i);
      }
    }
  }

  @Test
  void isWhatASyncAnswersForAsSoonAsItIsBack() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
      }
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      for (int i = 1; i <= 5; i++) {
        Path successor = folder.resolve("successor.db");
        try (SqliteProcess app = SqliteProcess.open(successor)) {
          app.exec("CREATE TABLE successor" + i + "(x)");
        }
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
          Files.deleteIfExists(folder.resolve("app.db" + suffix));
        }
        assertThat(Rig.stored(database).txid().value()).as("gone %d times", i).isEqualTo(i);
        Files.move(successor, rig.database());
        assertThat(Rig.stored(database).txid().value()).as("back %d times", i).isEqualTo(1 + i);
      }
    }
  }

  @Test
  void isAskedForNothingThatNobodyKnowsWhileItIsElsewhere() throws Exception {
    try (Rig rig = new Rig(folder)) {
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(x)");
        Rig.stored(rig.start());
        rig.stop();
        app.exec("INSERT INTO t VALUES (1)");
      }
      Path elsewhere = folder.resolve("elsewhere.db");
      Files.move(rig.database(), elsewhere);
      DatabaseWorker database = rig.start();
      Rig.until("it waits", () -> database.status().problem().isPresent());
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> database.sync(DurabilityLevel.STORED, Duration.ofMillis(300)));
      Files.move(elsewhere, rig.database());
      assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
      Files.move(rig.database(), elsewhere);
      Rig.until("it waits again", () -> database.status().problem().isPresent());
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> database.sync(DurabilityLevel.STORED, Duration.ofMillis(300)));
      assertThat(database.drain(Duration.ofHours(1))).isTrue();
    }
  }

  @Test
  void neverKeepsADrainWaiting() throws Exception {
    try (Rig rig = new Rig(folder)) {
      DatabaseWorker database = rig.start();
      Rig.until("it waits", () -> database.status().problem().isPresent());
      assertThat(database.drain(Duration.ofHours(1))).isTrue();
      assertThat(database.ended()).isCompleted();
    }
  }
}
