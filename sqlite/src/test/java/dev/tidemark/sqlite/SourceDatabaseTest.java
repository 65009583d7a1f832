package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.sqlite.UnsuitableDatabaseException.Reason;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SourceDatabaseTest {
  @TempDir Path directory;

  @Test
  void headerFollowsEachCommitOfAnotherProcess() throws Exception {
    Path file = directory.resolve("a b?c%20#é.db");
    Path link = directory.resolve("link.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      Files.createSymbolicLink(link, file);
      try (var source = SourceDatabase.open(link, LockMode.OFD)) {
        assertThat(source.path()).isEqualTo(file.toRealPath());
        WalIndexHeader before = source.header().orElseThrow();
        assertThat(source.changed()).isFalse();

        app.exec("INSERT INTO t VALUES (1)");

        assertThat(source.changed()).isTrue();
        WalIndexHeader after = source.header().orElseThrow();
        assertThat(after.transactionsSince(before)).isEqualTo(1);
        assertThat(after.mxFrame()).isEqualTo(before.mxFrame() + 1);
        assertThat(after.nPage()).isEqualTo(app.queryLong("PRAGMA page_count"));
        assertThat(after.pageSize()).isEqualTo(source.pageSize());
        assertThat(after.checksumOrder()).isEqualTo(ByteOrder.nativeOrder());
        assertThat(source.changed()).isFalse();
      }
    }
  }

  @Test
  void uncommittedFramesAreNotInTheHeader() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file, "cache_size=5")) {
      app.exec("CREATE TABLE t(x)");
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        WalIndexHeader before = source.header().orElseThrow();
        long size = source.walStat().size();
        app.exec("BEGIN");
        app.exec(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                + " INSERT INTO t SELECT randomblob(900) FROM n");

        assertThat(source.walStat().size()).isGreaterThan(size);
        assertThat(source.changed()).isFalse();
        assertThat(source.header()).contains(before);

        app.exec("ROLLBACK");
        assertThat(source.header()).contains(before);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LockMode.class,
      names = {"OFD", "SQL"})
  void attachingAndClosingLeavesTheImageAsItWas(LockMode mode) throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      SqliteProcess.Image before = app.image();

      try (var source = SourceDatabase.open(file, mode)) {
        assertThat(source.checkpointPassive().isComplete()).isTrue();
        assertThat(source.stillSameFiles()).isTrue();
      }

      assertThat(app.image()).isEqualTo(before);
      assertThat(app.query("PRAGMA journal_mode")).isEqualTo("wal");
      app.exec("INSERT INTO t VALUES (1)");
    }
  }

  @Test
  void followsWithTheFilesOfOtherMachinesToo() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file, "wal_autocheckpoint=0")) {
      app.exec("CREATE TABLE t(x)");
      try (var source = Attachment.attach(file, LockMode.AUTO, HostFiles.PORTABLE)) {
        app.exec("INSERT INTO t VALUES (randomblob(70000))");
        assertThat(source.pin().blockResets()).isTrue();
        source.syncWal();

        var reading = new WalReading(source);
        WalIndexHeader header = reading.attach();
        source.pin().refresh(header);

        assertThat(reading.image()).isEqualTo(app.image());
        assertThat(app.checkpoint("RESTART").busy()).isTrue();
        assertThat(source.stillSameFiles()).isTrue();
        assertThat(source.checkpointerIsWaiting()).isFalse();
        assertThat(source.nBackfill()).isEqualTo(header.mxFrame());
      }
    }
  }

  @Test
  void anotherVersionOfSqliteLeavesTheLogWhenItCloses() throws Exception {
    assumeTrue(SqliteShell.isPresent());
    Path file = directory.resolve("app.db");
    SqliteShell.run(file, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
    try (var source = SourceDatabase.open(file, LockMode.OFD)) {
      var reading = new WalReading(source);
      WalIndexHeader before = reading.attach();

      for (int i = 0; i < 3; i++) {
        assertThat(SqliteShell.run(file, "INSERT INTO t VALUES (1)")).isEmpty();
      }

      WalIndexHeader after = source.header().orElseThrow();
      assertThat(after.transactionsSince(before)).isEqualTo(3);
      assertThat(source.stillSameFiles()).isTrue();
      reading.begin(after);
      assertThat(reading.read(after)).hasSizeGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void attachesWhereNoApplicationRuns() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
    }
    assertThat(WalReading.beside(file, "-shm")).doesNotExist();

    try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
      assertThat(source.header().orElseThrow().mxFrame()).isZero();
      try (var app = SqliteProcess.openAsIs(file)) {
        app.exec("INSERT INTO t VALUES (1)");
        assertThat(source.header().orElseThrow().mxFrame()).isPositive();
      }
    }
  }

  @Test
  void fileThatIsNotThereIsNotMade() {
    Path file = directory.resolve("none.db");

    assertThatThrownBy(() -> SourceDatabase.open(file, LockMode.AUTO))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void unsuitableFilesSayWhatTheyAre() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty.db"));
    Path text = Files.writeString(directory.resolve("text.db"), "no database ".repeat(50));
    Path rollback = directory.resolve("rollback.db");
    try (var app = SqliteProcess.openAsIs(rollback)) {
      app.exec("CREATE TABLE t(x)");
    }

    assertThat(reasonFor(empty)).isEqualTo(Reason.EMPTY);
    assertThat(reasonFor(text)).isEqualTo(Reason.NOT_A_DATABASE);
    assertThat(reasonFor(rollback)).isEqualTo(Reason.ROLLBACK_JOURNAL);
    assertThat(Reason.ROLLBACK_JOURNAL.mayPass()).isTrue();
    assertThat(DatabaseHeader.kindOf(Files.readAllBytes(rollback), 100))
        .isEqualTo(DatabaseHeader.Kind.ROLLBACK_JOURNAL);
    try (var names = Files.list(directory)) {
      assertThat(names).containsExactlyInAnyOrder(empty, text, rollback);
    }
  }

  @Test
  void exclusiveLockingIsNamed() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.openAsIs(file)) {
      app.exec("PRAGMA locking_mode=EXCLUSIVE");
      app.exec("PRAGMA journal_mode=WAL");
      app.exec("CREATE TABLE t(x)");

      assertThat(reasonFor(file)).isEqualTo(Reason.EXCLUSIVE_LOCKING);

      app.exec("INSERT INTO t VALUES (1)");
    }
  }

  @Test
  void networkFileSystemsAreRefused() {
    assertThat(
            assertThrows(
                UnsuitableDatabaseException.class,
                () -> HostFiles.requireFileSystem(Path.of("/mnt/app.db"), 0x6969)))
        .hasMessageContaining("/mnt/app.db lies on NFS");
  }

  @Test
  void exchangedFilesAreNoticed() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        Path other = directory.resolve("other.db");
        Files.writeString(other, "anything", StandardCharsets.US_ASCII);

        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(source.stillSameFiles()).isFalse();
      }
    }
  }

  @Test
  void aWalIsOutOfReachWithoutItsNameOrItsDatabase() throws Exception {
    Path file = directory.resolve("app.db");
    Path log = HostFiles.sibling(file, "-wal");
    Path aside = directory.resolve("aside");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        assertThat(source.isOutOfReach()).isFalse();

        Files.move(file, aside);
        assertThat(source.isOutOfReach()).as("no database").isTrue();

        Files.writeString(file, "anything", StandardCharsets.US_ASCII);
        assertThat(source.isOutOfReach()).as("another database").isFalse();

        Files.delete(log);
        assertThat(source.isOutOfReach()).as("no WAL either").isTrue();

        Files.writeString(log, "anything", StandardCharsets.US_ASCII);
        assertThat(source.isOutOfReach()).as("another WAL").isTrue();
      }
    }
  }

  @Test
  void bytesAreReadUpToTheEndOfTheFile() throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.open(file)) {
      app.exec("CREATE TABLE t(x)");
      app.exec("INSERT INTO t VALUES (randomblob(900000))");
      app.checkpoint("PASSIVE");
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        int size = Math.toIntExact(source.databaseStat().size());
        var bytes = new byte[size + 10];

        assertThat(source.readDatabase(0, bytes, 3, size + 7)).isEqualTo(size);
        assertThat(source.readDatabase(size, bytes, 0, 5)).isZero();

        var image = Arrays.copyOfRange(bytes, 3, size + 3);
        assertThat(SqliteChild.sha256(image)).isEqualTo(app.image().sha256());
        source.syncWal();
      }
    }
  }

  private static Reason reasonFor(Path file) {
    return assertThrows(
            UnsuitableDatabaseException.class, () -> SourceDatabase.open(file, LockMode.AUTO))
        .reason();
  }
}
