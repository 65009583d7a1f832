package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `replicate --once` on real databases: what it ships, and what it refuses.
@Timeout(120)
class OnceTest {
  @TempDir Path folder;

  @Test
  void shipsWhatThereIsAndShowsWhy() throws Exception {
    try (SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      application.exec("CREATE TABLE t(x)");
      assertThat(once("app.db").status()).isZero();
      application.exec("INSERT INTO t VALUES (1)");
      assertThat(once("app.db").status()).isZero();
      application.exec("INSERT INTO t VALUES (2)");
      application.checkpoint("TRUNCATE");
      application.exec("INSERT INTO t VALUES (3)");
      TidemarkProcess.Result last = once("app.db");
      assertThat(last.out()).isEmpty();
      assertThat(last.err()).isEmpty();
      assertThat(run("log", "log", "--json").out().lines().map(OnceTest::kind))
          .containsExactly("attach", "commit", "resync");
      assertThat(run("verify", "log", "--against", "app.db").status()).isZero();
    }
  }

  @Test
  void refusesWhatCannotBeShipped() throws Exception {
    Files.writeString(folder.resolve("text.db"), "no database ".repeat(100));
    refused(2, "is not a SQLite database", once("text.db"));
    refused(2, "is not a SQLite database", run("replicate", "text.db", "log"));
    try (SqliteProcess rollback = SqliteProcess.openAsIs(folder.resolve("rollback.db"))) {
      rollback.exec("CREATE TABLE t(x)");
    }
    refused(2, "PRAGMA journal_mode=WAL", once("rollback.db"));
    refused(2, "is a directory", run("replicate", ".", "log"));
    Files.createFile(folder.resolve("empty.db"));
    refused(4, "is empty", once("empty.db"));
    assertThat(folder.resolve("log")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files).as("no state").noneMatch(file -> file.toString().endsWith("-tidemark"));
    }
  }

  @Test
  void refusesAFileWhereTheStateFolderShouldBe() throws Exception {
    try (SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      application.exec("CREATE TABLE t(x)");
      Files.createFile(folder.resolve(".app.db-tidemark"));
      refused(2, ".app.db-tidemark: is not a directory; move it away", once("app.db"));
    }
  }

  @Test
  void refusesARecordThatItCannotRead() throws Exception {
    try (SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      application.exec("CREATE TABLE t(x)");
      assertThat(once("app.db").status()).isZero();
      Path record = folder.resolve(".app.db-tidemark/record.properties");
      String text = Files.readString(record);
      Files.writeString(record, text.replace("format=1", "format=2"));
      refused(
          3, "app.db: its state folder's record.properties: written by a newer", once("app.db"));
      Files.writeString(record, "no record");
      refused(3, "record.properties: damaged (no format); move the state folder", once("app.db"));
    }
  }

  @Test
  void asksTheStoreAlsoWhenNothingIsLeft() throws Exception {
    try (SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      application.exec("CREATE TABLE t(x)");
      assertThat(once("app.db").status()).isZero();
      Files.move(folder.resolve("log"), folder.resolve("away"));
      refused(7, "the log is gone", once("app.db"));
      Files.createDirectory(folder.resolve("log"));
      refused(7, "the log is gone", once("app.db"));
    }
  }

  @Test
  void continuesAForeignHeadOnlyWhenTold() throws Exception {
    try (SqliteProcess one = SqliteProcess.open(folder.resolve("app.db"));
        SqliteProcess other = SqliteProcess.open(folder.resolve("other.db"))) {
      one.exec("CREATE TABLE t(x)");
      other.exec("CREATE TABLE u(y)");
      assertThat(once("app.db").status()).isZero();
      String status = run("status", "log", "--json").out();
      String head = status.replaceFirst("(?s).*\"head\":\"([^\"]*)\".*", "$1");
      refused(6, "--take-over=" + head, once("other.db"));
      String wrong = head.substring(0, 17) + "ffffffffffffffff";
      refused(6, "is not the head", once("other.db", "--take-over", wrong));
      assertThat(once("other.db", "--take-over", head).status()).isZero();
      assertThat(run("verify", "log", "--against", "other.db").status()).isZero();
      refused(6, "is not the head", once("other.db", "--take-over", head));
    }
  }

  /// The page sums of the head come from the bucket then, through frames of some mebibytes.
  @Test
  void continuesALogOfLargeTransactionsInTheHeapOfADaemon() throws Exception {
    try (SqliteProcess application = SqliteProcess.open(folder.resolve("app.db"))) {
      application.exec("CREATE TABLE t(x)");
      for (int i = 0; i < 8; i++) {
        application.exec("INSERT INTO t VALUES (randomblob(7000000))");
      }
      assertThat(once("app.db").status()).isZero();
      Files.move(folder.resolve(".app.db-tidemark"), folder.resolve("lost"));
      application.exec("INSERT INTO t VALUES (1)");
      String status = run("status", "log", "--json").out();
      String head = status.replaceFirst("(?s).*\"head\":\"([^\"]*)\".*", "$1");
      TidemarkProcess.Result result =
          TidemarkProcess.small(folder)
              .run("replicate", "app.db", "log", "--once", "--take-over", head);
      assertThat(result.err()).doesNotContain("memory", "OutOfMemory");
      assertThat(result.status()).isZero();
    }
  }

  private TidemarkProcess.Result once(String database, String... options) {
    String[] line = new String[options.length + 4];
    line[0] = "replicate";
    line[1] = database;
    line[2] = "log";
    line[3] = "--once";
    System.arraycopy(options, 0, line, 4, options.length);
    return run(line);
  }

  private TidemarkProcess.Result run(String... line) {
    return new TidemarkProcess(folder).run(line);
  }

  private static String kind(String line) {
    return line.replaceFirst(".*\"kind\":\"([a-z]*)\".*", "$1");
  }

  private static void refused(int status, String message, TidemarkProcess.Result result) {
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(status);
  }
}
