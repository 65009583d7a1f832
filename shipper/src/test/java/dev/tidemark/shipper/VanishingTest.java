package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is committed in the last moment before the files lose their names is a position in the log
/// all the same. The daemon is stopped for that moment, so that it cannot have looked.
class VanishingTest {
  private static final List<String> SUFFIXES = List.of("", "-wal", "-shm");

  @TempDir Path folder;

  private final Ledger ledger = new Ledger();

  /// What happens to the files.
  private interface Loss {
    void happen(SqliteProcess app) throws Exception;
  }

  /// Answers the number of the last transaction.
  private long commits(Rig rig, SqliteProcess app, String locks, Loss loss) throws Exception {
    app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    try (DaemonProcess daemon = DaemonProcess.start(folder, "app.db", locks)) {
      Rig.until("the first copy is stored", () -> !daemon.lines().isEmpty());
      long txid = 1;
      ledger.write(txid, app.image());
      app.exec("INSERT INTO t(x) VALUES (1)");
      ledger.write(++txid, app.image());
      awaitStored(daemon, txid);
      signal(daemon, "STOP");
      for (int i = 0; i < 3; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
        ledger.write(++txid, app.image());
      }
      loss.happen(app);
      signal(daemon, "CONT");
      awaitStored(daemon, txid);
      ledger.check(rig.store());
      return txid;
    }
  }

  private static void awaitStored(DaemonProcess daemon, long txid) throws Exception {
    Rig.until(
        "transaction " + txid + " is stored",
        () -> daemon.stored().stream().anyMatch(at -> at.txid().value() >= txid));
  }

  private static void signal(DaemonProcess daemon, String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, String.valueOf(daemon.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  private void delete(List<String> suffixes) throws Exception {
    for (String suffix : suffixes) {
      Files.delete(folder.resolve("app.db" + suffix));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFD", "SQL"})
  void beforeTheFilesAreDeleted(String locks) throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      commits(rig, app, locks, _ -> delete(SUFFIXES));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFD", "SQL"})
  void beforeAnotherDatabaseTakesTheName(String locks) throws Exception {
    Path successor = folder.resolve("successor.db");
    try (SqliteProcess app = SqliteProcess.open(successor)) {
      app.exec("CREATE TABLE other(y)");
    }
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      long txid =
          commits(
              rig,
              app,
              locks,
              _ -> {
                delete(SUFFIXES.subList(1, 3));
                Files.move(successor, rig.database(), StandardCopyOption.REPLACE_EXISTING);
              });
      assertThat(Rig.stored(rig.start()).txid().value()).isEqualTo(txid + 1);
      try (SqliteProcess next = SqliteProcess.openAsIs(rig.database())) {
        assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(next.image().sha256());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFD", "SQL"})
  void beforeTheLastConnectionClosesAndTheFilesAreMoved(String locks) throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      commits(
          rig,
          app,
          locks,
          it -> {
            it.checkpoint("PASSIVE");
            it.close();
            for (String suffix : SUFFIXES) {
              Files.move(folder.resolve("app.db" + suffix), folder.resolve("moved.db" + suffix));
            }
          });
    }
  }
}
