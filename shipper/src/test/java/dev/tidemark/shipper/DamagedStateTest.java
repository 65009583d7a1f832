package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage to the state directory while the daemon is down, with transactions in the spool that the
/// bucket does not have. Nothing that was stored changes, and what comes after is right.
class DamagedStateTest {
  @TempDir Path folder;

  private final Ledger ledger = new Ledger();

  private interface Damage {
    void to(Path state) throws Exception;
  }

  /// Three transactions stored, then `spooled` more while the bucket takes no segments.
  private void damage(int spooled, boolean close, Damage damage, boolean keepsSpool)
      throws Exception {
    try (Rig rig = new Rig(folder)) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      try (SqliteProcess app = SqliteProcess.open(rig.database())) {
        app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
        DatabaseWorker database = rig.start();
        ledger.write(Rig.stored(database).txid().value(), app.image());
        for (int i = 2; i <= 3; i++) {
          app.exec("INSERT INTO t(x) VALUES (randomblob(20000))");
          ledger.write(i, app.image());
        }
        Position stored = Rig.stored(database);
        gate.closedForSegments(true);
        Ledger kept = keepsSpool ? ledger : new Ledger();
        for (int i = 4; i < 4 + spooled; i++) {
          app.exec("INSERT INTO t(x) VALUES (randomblob(9000))");
          kept.write(i, app.image());
          database.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE);
        }
        Rig.until("the outage shows", () -> database.status().state() == ShipperState.OUTAGE);
        rig.stop();
        if (close) {
          app.exec("DELETE FROM t WHERE id = 1");
          app.exec("PRAGMA journal_mode=DELETE");
          app.exec("PRAGMA journal_mode=WAL");
        }
        damage.to(rig.state());
        gate.closedForSegments(false);
        DatabaseWorker again = rig.start();
        Position after = Rig.stored(again);
        assertThat(after.txid()).isGreaterThan(stored.txid());
        app.exec("INSERT INTO t(x) VALUES ('after')");
        Position last = Rig.stored(again);
        assertThat(last.txid()).isEqualTo(after.txid().next());
        ledger.write(last.txid().value(), app.image());
        ledger.check(rig.store());
        rig.stop();
        assertThat(Rig.stored(rig.start())).as("a start later").isEqualTo(last);
      }
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 0x5A);
    }
  }

  private static void cut(Path file, long bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(Math.max(0, open.length() - bytes));
    }
  }

  private static List<Path> objects(Path state) throws IOException {
    try (var files = Files.list(state)) {
      return files.filter(file -> file.toString().endsWith(".ltx.zst")).sorted().toList();
    }
  }

  @Test
  void noneShipsTheSpoolAsItIs() throws Exception {
    damage(4, false, _ -> {}, true);
  }

  @Test
  void changedDatabaseFollowsTheSpool() throws Exception {
    damage(4, true, _ -> {}, true);
  }

  @Test
  void flippedPageSumsAreFoundAgain() throws Exception {
    damage(4, false, state -> flip(state.resolve("pages"), 256 + 8 * 3), true);
  }

  @Test
  void flippedPageSumsAreFoundAgainForAChangedDatabase() throws Exception {
    damage(2, true, state -> flip(state.resolve("pages"), 256 + 8 * 3), true);
  }

  @Test
  void lostPageSumsAreFoundAgain() throws Exception {
    damage(4, false, state -> Files.delete(state.resolve("pages")), true);
  }

  @Test
  void bothHeadsOfThePageSumsFlippedAreFoundAgain() throws Exception {
    damage(
        3,
        false,
        state -> {
          flip(state.resolve("pages"), 20);
          flip(state.resolve("pages"), 148);
        },
        true);
  }

  @Test
  void pageSumsCutShortAreFoundAgain() throws Exception {
    damage(3, false, state -> cut(state.resolve("pages"), (1 << 20) - 300), true);
  }

  @Test
  void tornSpoolIsCut() throws Exception {
    damage(4, false, state -> cut(state.resolve("spool.log"), 7), false);
  }

  @Test
  void spoolThatIsGarbageIsResynced() throws Exception {
    damage(
        4,
        true,
        state -> {
          Files.write(state.resolve("spool.log"), new byte[5_000]);
          for (Path object : objects(state)) {
            Files.write(object, new byte[5_000]);
          }
        },
        false);
  }

  @Test
  void objectCutShortIsResynced() throws Exception {
    damage(
        4,
        false,
        state -> {
          assertThat(objects(state)).isNotEmpty();
          cut(objects(state).getFirst(), 40);
        },
        false);
  }

  @Test
  void leftoversAreIgnored() throws Exception {
    damage(
        3,
        false,
        state -> {
          Files.write(state.resolve("pages.partial"), new byte[100]);
          Files.write(state.resolve("image.partial"), new byte[100]);
          Files.write(state.resolve("index.partial"), new byte[100]);
          Files.write(state.resolve("record.properties.partial"), new byte[100]);
          Files.write(state.resolve("00000000000000ff-8000000000000000.ltx.zst"), new byte[100]);
        },
        true);
  }
}
