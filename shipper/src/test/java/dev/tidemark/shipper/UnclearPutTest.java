package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.testing.FaultyStore;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests and answers that get lost, while the application writes.
class UnclearPutTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void loseNothingAndStoreNothingTwice(long seed) throws Exception {
    MemoryStore memory = new MemoryStore();
    FaultyStore faulty = new FaultyStore(memory, new Random(seed), FaultyStore.Faults.NONE);
    try (Rig rig = new Rig(folder).store(faulty);
        SqliteProcess app = SqliteProcess.open(rig.database(), "wal_autocheckpoint=20")) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      long txid = Rig.stored(database).txid().value();
      Ledger ledger = new Ledger();
      ledger.write(txid, app.image());
      faulty.faults(new FaultyStore.Faults(0.05, 0.1, 0.05, 0.1, 0.05));
      for (int i = 0; i < 25; i++) {
        app.exec("INSERT INTO t(x) VALUES (randomblob(3000))");
        ledger.write(++txid, app.image());
        if (i % 5 == 4) {
          Position stored = Rig.stored(database);
          assertThat(stored.txid().value()).as("seed " + seed).isEqualTo(txid);
          assertThat(StoredImage.latest(memory).position()).isEqualTo(stored);
        }
      }
      assertThat(database.comparisons()).isEqualTo(1);
      ledger.check(memory);
      contiguous(memory);
    }
  }

  /// Every transaction lies in one segment only.
  private static void contiguous(MemoryStore memory) throws Exception {
    List<Position> ends = new ArrayList<>();
    for (String key : memory.objects().keySet()) {
      if (key.startsWith("log/")) {
        var index = dev.tidemark.store.ObjectIndex.read(memory, key).orElseThrow();
        for (int i = 0; i < index.fileCount(); i++) {
          ends.add(index.position(i));
        }
      }
    }
    assertThat(new HashSet<>(ends)).hasSameSizeAs(ends);
    assertThat(ends.getLast().txid().value()).isEqualTo(ends.size());
  }

  @Test
  void putsTheIdenticalBytesAgainAlsoAfterARestart() throws Exception {
    MemoryStore memory = new MemoryStore();
    FaultyStore faulty = new FaultyStore(memory, new Random(5), FaultyStore.Faults.NONE);
    try (Rig rig = new Rig(folder).store(faulty);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      // The first put arrives, and nobody hears of it.
      faulty.faults(new FaultyStore.Faults(0, 1, 0, 0, 0));
      app.exec("INSERT INTO t(x) VALUES (1)");
      Rig.until("the put has arrived", () -> slots(memory).size() == 2);
      byte[] late = slots(memory).lastEntry().getValue();
      String key = slots(memory).lastEntry().getKey();
      memory.delete(key);
      app.exec("INSERT INTO t(x) VALUES (2)");
      database.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE);
      rig.stop();
      memory.delete(key);
      faulty.faults(FaultyStore.Faults.NONE);
      assertThat(Rig.stored(rig.start()).txid().value()).isEqualTo(3);
      assertThat(slots(memory).get(key)).isEqualTo(late);
      assertThat(StoredImage.latest(memory).sha256()).isEqualTo(app.image().sha256());
    }
  }

  private static NavigableMap<String, byte[]> slots(MemoryStore memory) {
    TreeMap<String, byte[]> slots = new TreeMap<>(memory.objects());
    slots.keySet().removeIf(key -> !key.startsWith("log/"));
    return slots;
  }

  @Test
  void showAsAnOutageUntilTheyArePast() throws Exception {
    try (Rig rig = new Rig(folder);
        SqliteProcess app = SqliteProcess.open(rig.database())) {
      GatedStore gate = new GatedStore(rig.store());
      rig.store(gate);
      app.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      DatabaseWorker database = rig.start();
      Rig.stored(database);
      gate.away(true);
      app.exec("INSERT INTO t(x) VALUES (1)");
      Rig.until("outage", () -> database.status().state() == ShipperState.OUTAGE);
      assertThat(database.status().problem()).contains("the store is away");
      assertThat(database.status().lagTransactions()).isEqualTo(1);
      assertThat(database.drain(java.time.Duration.ofMillis(50))).isFalse();
      assertThat(rig.state().resolve("lock")).exists();
      // An unreachable store is no reason not to capture.
      rig.stop();
      DatabaseWorker again = rig.start();
      app.exec("INSERT INTO t(x) VALUES (2)");
      assertThat(again.sync(DurabilityLevel.SPOOLED, Rig.PATIENCE).txid().value()).isEqualTo(3);
      Rig.until("outage", () -> again.status().state() == ShipperState.OUTAGE);
      gate.away(false);
      assertThat(Rig.stored(again).txid().value()).isEqualTo(3);
      assertThat(again.status().problem()).isEmpty();
      assertThat(again.comparisons()).isZero();
      assertThat(StoredImage.latest(gate).sha256()).isEqualTo(app.image().sha256());
    }
  }
}
