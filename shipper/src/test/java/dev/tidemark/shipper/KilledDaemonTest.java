package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.sqlite.SqliteProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A daemon that is killed at random moments, again and again, while the application writes.
class KilledDaemonTest {
  private static final int KILLS = Integer.getInteger("tidemark.kills", 5);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"OFD", "SQL"})
  void keepsItsWordAndShipsOnlyWhatWasCommitted(String locks) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Position> acknowledged = new ArrayList<>();
    Set<String> states = new HashSet<>();
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE writes(n INTEGER PRIMARY KEY, body BLOB)");
      states.add(app.image().sha256());
      Path journal = folder.resolve("journal");
      app.startWrites(
          journal, SqliteProcess.Writes.digested(0, seed).pausing(300), "wal_autocheckpoint=100");
      for (int i = 0; i < KILLS; i++) {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "app.db", locks)) {
          int wanted = random.nextInt(3);
          Rig.until("it reports", () -> daemon.lines().size() > wanted);
          LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(120)));
          acknowledged.addAll(daemon.kill());
        }
      }
      app.stopWrites();
      SqliteProcess.commits(journal).forEach(commit -> states.add(commit.sha256()));
      Position head = Rig.stored(rig.start());
      rig.stop();
      acknowledged.add(head);

      String before = "";
      for (long txid = 1; txid <= head.txid().value(); txid++) {
        StoredImage image = StoredImage.at(rig.store(), new Txid(txid));
        String state = image.sha256();
        assertThat(states)
            .as("a state of the source at " + txid + ", seed " + seed)
            .contains(state);
        assertThat(state).as("shipped once, " + txid + ", seed " + seed).isNotEqualTo(before);
        assertThat(acknowledged.stream().filter(p -> p.txid().equals(image.position().txid())))
            .as("acknowledged, seed " + seed)
            .allMatch(image.position()::equals);
        before = state;
      }
      assertThat(before).isEqualTo(app.image().sha256());
      assertThat(acknowledged).isSortedAccordingTo((a, b) -> a.txid().compareTo(b.txid()));
    }
  }

  @Test
  void goesOnWithoutReadingTheDatabase() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(x)");
      for (int i = 0; i < KILLS; i++) {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "app.db", "OFD")) {
          app.exec("INSERT INTO t VALUES (randomblob(5000))");
          int txid = i + 1;
          Rig.until(
              "it is stored",
              () -> daemon.stored().stream().anyMatch(p -> p.txid().value() >= txid));
          String last = daemon.lines().getLast();
          assertThat(last.substring(34))
              .as("whole reads in run " + i)
              .isEqualTo(i == 0 ? "1" : "0");
          daemon.kill();
        }
      }
      assertThat(StoredImage.latest(rig.store()).sha256()).isEqualTo(app.image().sha256());
    }
  }
}
