package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.sqlite.DatabaseHeader.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseHeaderTest {
  private static final Path FILE = Path.of("app.db");

  @Test
  void fileWithoutBytesIsItsOwnCase() {
    assertThat(DatabaseHeader.kindOf(new byte[100], 0)).isEqualTo(Kind.EMPTY);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, WAL",
    "1, 1, ROLLBACK_JOURNAL",
    "3, 3, NOT_A_DATABASE",
    "1, 2, NOT_A_DATABASE",
    "0, 0, NOT_A_DATABASE"
  })
  void versionsTellTheJournalMode(int write, int read, Kind kind) {
    assertThat(DatabaseHeader.kindOf(header(4_096, write, read), 100)).isEqualTo(kind);
  }

  @Test
  void shortForeignOrOddFilesAreNoDatabases() {
    byte[] good = header(4_096, 2, 2);
    byte[] foreign = good.clone();
    foreign[3] ^= 0x20;

    assertThat(DatabaseHeader.kindOf(good, 99)).isEqualTo(Kind.NOT_A_DATABASE);
    assertThat(DatabaseHeader.kindOf(foreign, 100)).isEqualTo(Kind.NOT_A_DATABASE);
    assertThat(DatabaseHeader.kindOf(header(4_097, 2, 2), 100)).isEqualTo(Kind.NOT_A_DATABASE);
  }

  @ParameterizedTest
  @CsvSource({"512, 512", "32768, 32768", "1, 65536"})
  void largestPageSizeIsStoredAsOne(int stored, int pageSize) throws Exception {
    assertThat(DatabaseHeader.decodeWal(header(stored, 2, 2), 100, FILE).pageSize())
        .isEqualTo(pageSize);
  }

  @Test
  void rollbackJournalModeSaysWhatToRun() {
    assertThatThrownBy(() -> DatabaseHeader.decodeWal(header(4_096, 1, 1), 100, FILE))
        .isInstanceOf(UnsuitableDatabaseException.class)
        .hasMessage(
            "app.db is in rollback-journal mode; run: sqlite3 app.db 'PRAGMA journal_mode=WAL'");
  }

  private static byte[] header(int pageSize, int write, int read) {
    byte[] bytes = Arrays.copyOf("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII), 100);
    bytes[16] = (byte) (pageSize >> 8);
    bytes[17] = (byte) pageSize;
    bytes[18] = (byte) write;
    bytes[19] = (byte) read;
    return bytes;
  }
}
