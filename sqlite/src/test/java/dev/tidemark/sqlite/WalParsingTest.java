package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalParsingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536})
  void realLogsOfEveryPageSizeAreRead(int pageSize) throws Exception {
    Path file = directory.resolve("app.db");
    try (var app = SqliteProcess.openAsIs(file)) {
      app.exec("PRAGMA page_size=" + pageSize);
      app.exec("PRAGMA journal_mode=WAL");
      app.exec("PRAGMA wal_autocheckpoint=0");
      app.exec("CREATE TABLE t(x)");
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        WalIndexHeader before = source.header().orElseThrow();
        app.exec("INSERT INTO t VALUES (randomblob(300000))");
        app.exec("INSERT INTO t VALUES (1)");

        var reading = new WalReading(source);
        WalIndexHeader header = reading.attach();

        assertThat(source.pageSize()).isEqualTo(pageSize);
        assertThat(header.pageSize()).isEqualTo(pageSize);
        assertThat(reading.walHeader().pageSize()).isEqualTo(pageSize);
        assertThat(header.transactionsSince(before)).isEqualTo(2);
        assertThat(reading.image()).isEqualTo(app.image());
      }
    }
  }

  @Test
  void sqliteReadsABigEndianLogOfOurs() throws Exception {
    assumeTrue(SqliteShell.isPresent());
    Path file = directory.resolve("app.db");
    Path copy = directory.resolve("copy.db");
    List<WalReading.Frame> frames;
    try (var app = SqliteProcess.open(file, "wal_autocheckpoint=0")) {
      Files.copy(file, copy);
      try (var source = SourceDatabase.open(file, LockMode.AUTO)) {
        app.exec("CREATE TABLE t(x)");
        app.exec("INSERT INTO t VALUES (randomblob(50000)), ('seven')");
        WalIndexHeader header = source.header().orElseThrow();
        var reading = new WalReading(source);
        reading.begin(header);
        frames = reading.read(header);
      }
    }
    try (var wal = NativeFile.openOrCreate(WalReading.beside(copy, "-wal"))) {
      WalHeader header = WalHeader.of(ByteOrder.BIG_ENDIAN, 4_096, 9, 0x0102_0304_0506_0708L);
      WalAppender appender = WalAppender.start(wal, header, false);
      for (WalReading.Frame frame : frames) {
        appender.append(frame.header().pgno(), frame.page(), 0, frame.header().commit());
      }
      appender.flush();
    }

    try (var app = SqliteProcess.openAsIs(copy)) {
      assertThat(app.query("SELECT count(*) FROM t WHERE x = 'seven'")).isEqualTo("1");
      try (var source = SourceDatabase.open(copy, LockMode.AUTO)) {
        var reading = new WalReading(source);
        WalIndexHeader header = reading.attach();
        assertThat(header.checksumOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(header.mxFrame()).isEqualTo(frames.size());
        assertThat(reading.image()).isEqualTo(app.image());
      }
    }
  }
}
