package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.Position;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What many databases, much load, or none cost.
class ManyDatabasesTest {
  private static final int DATABASES = 200;
  private static final int THREADS_MAX = 40;

  @TempDir Path folder;

  private static DatabaseConfig config(Path database, ObjectStore store, Duration interval) {
    return new DatabaseConfig(
        database,
        store,
        "memory",
        Optional.empty(),
        interval,
        Optional.of(Duration.ZERO),
        1L << 30,
        1L << 30,
        Optional.of(Duration.ofDays(1)));
  }

  private static long descriptors() throws Exception {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void shipTogetherOnFewThreadsAndLeaveNothingOpen() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
    Path template = folder.resolve("template.db");
    try (SqliteProcess app = SqliteProcess.open(template)) {
      app.exec("CREATE TABLE t(x)");
    }
    Map<Path, MemoryStore> stores = new LinkedHashMap<>();
    for (int i = 0; i < DATABASES; i++) {
      Path database = folder.resolve("db" + i);
      Files.copy(template, database);
      stores.put(database, new MemoryStore());
    }
    int threadsBefore = platformThreads();
    long descriptorsBefore = descriptors();
    try (SqliteProcess app = SqliteProcess.openAsIs(template)) {
      try (Shipper shipper = Shipper.start(LockMode.AUTO)) {
        List<ShippedDatabase> shipped = new ArrayList<>();
        for (Map.Entry<Path, MemoryStore> entry : stores.entrySet()) {
          shipped.add(shipper.add(config(entry.getKey(), entry.getValue(), Duration.ofSeconds(1))));
        }
        for (ShippedDatabase database : shipped) {
          Rig.stored(database);
        }
        for (Path database : stores.keySet()) {
          app.exec("ATTACH '" + database + "' AS a");
          app.exec("INSERT INTO a.t VALUES (randomblob(2000))");
          app.exec("DETACH a");
        }
        for (ShippedDatabase database : shipped) {
          assertThat(Rig.stored(database).txid().value()).isEqualTo(2);
        }
        assertThat(platformThreads() - threadsBefore).isLessThan(THREADS_MAX);
        for (int i = 0; i < DATABASES; i += 2) {
          assertThat(shipped.get(i).drain(Rig.PATIENCE)).isTrue();
        }
      }
      for (MemoryStore store : stores.values()) {
        assertThat(StoredImage.latest(store).position().txid().value()).isEqualTo(2);
      }
    }
    assertThat(descriptors() - descriptorsBefore).as("descriptors left open").isLessThan(10);
  }

  /// Without the JDK's own carriers of virtual threads: it starts more of them for a moment when
  /// many wait for the disk at once.
  private static int platformThreads() {
    int count = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      ThreadGroup group = thread.getThreadGroup();
      count += group != null && group.getName().equals("CarrierThreads") ? 0 : 1;
    }
    return count;
  }

  @Test
  void thatIdleAskNothingOfTheStore() throws Exception {
    StoreMeter meter = new StoreMeter();
    ObjectStore counting = new MeteredStore(new MemoryStore(), meter);
    Path database = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(database);
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      app.exec("CREATE TABLE t(x)");
      ShippedDatabase shipped = shipper.add(config(database, counting, Duration.ofMillis(50)));
      Rig.stored(shipped);
      app.exec("INSERT INTO t VALUES (1)");
      Rig.stored(shipped);
      long before = meter.requests();
      Rig.until("idle", () -> shipped.status().state() == ShipperState.IDLE);
      assertThat(meter.requests()).isEqualTo(before);
      app.exec("INSERT INTO t VALUES (2)");
      Rig.until(
          "it wakes by itself", () -> shipped.status().stored().orElseThrow().txid().value() == 3);
      assertThat(meter.requests() - before).as("one put, one look at the boundary").isEqualTo(2);
    }
  }

  @Test
  void underLoadShareSegmentsAndKeepTheirTimes() throws Exception {
    MemoryStore store = new MemoryStore();
    Path database = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(database);
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      app.exec("CREATE TABLE t(x)");
      ShippedDatabase shipped = shipper.add(config(database, store, Duration.ofSeconds(3)));
      Rig.stored(shipped);
      for (int i = 1; i <= 5; i++) {
        app.exec("INSERT INTO t VALUES (" + i + ")");
        LockSupport.parkNanos(50_000_000);
      }
      Position last = Rig.stored(shipped);
      assertThat(last.txid().value()).isEqualTo(6);
      List<IndexFrame> segments = new ArrayList<>();
      for (String key : store.objects().keySet()) {
        if (key.startsWith("log/")) {
          segments.add(ObjectIndex.read(store, key).orElseThrow());
        }
      }
      IndexFrame shared = segments.getLast();
      assertThat(shared.fileCount()).isGreaterThanOrEqualTo(4);
      for (int i = 1; i < shared.fileCount(); i++) {
        long apart = shared.file(i).timestampMillis() - shared.file(i - 1).timestampMillis();
        assertThat(apart).as("milliseconds between commits " + i).isNotNegative();
      }
      long first = shared.file(0).timestampMillis();
      long time = shared.file(shared.fileCount() - 1).timestampMillis();
      assertThat(time - first).as("milliseconds from first to last").isGreaterThan(50);
    }
  }

  @Test
  void oneWhoseStoreIsAwayDoesNotHoldUpAnother() throws Exception {
    GatedStore away = new GatedStore(new MemoryStore());
    try (SqliteProcess a = SqliteProcess.open(folder.resolve("a.db"));
        SqliteProcess b = SqliteProcess.open(folder.resolve("b.db"));
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      a.exec("CREATE TABLE t(x)");
      b.exec("CREATE TABLE t(x)");
      Duration interval = Duration.ofMillis(20);
      ShippedDatabase cutOff = shipper.add(config(folder.resolve("a.db"), away, interval));
      ShippedDatabase well =
          shipper.add(config(folder.resolve("b.db"), new MemoryStore(), interval));
      Rig.stored(cutOff);
      Rig.stored(well);
      away.away(true);
      a.exec("INSERT INTO t VALUES (1)");
      Rig.until("an outage", () -> cutOff.status().state() == ShipperState.OUTAGE);
      for (int i = 0; i < 5; i++) {
        b.exec("INSERT INTO t VALUES (1)");
        assertThat(Rig.stored(well).txid().value()).isEqualTo(2 + i);
      }
      assertThat(cutOff.status().stored().orElseThrow().txid().value()).isEqualTo(1);
    }
  }

  @Test
  void endedOnesCanBeAddedAgain() throws Exception {
    MemoryStore store = new MemoryStore();
    Path database = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(database);
        Shipper shipper = Shipper.start(LockMode.AUTO)) {
      app.exec("CREATE TABLE t(x)");
      for (int i = 1; i <= 5; i++) {
        ShippedDatabase shipped = shipper.add(config(database, store, Duration.ofMillis(1)));
        app.exec("INSERT INTO t VALUES (" + i + ")");
        if (i % 2 == 0) {
          assertThat(shipped.drain(Rig.PATIENCE)).isTrue();
          assertThat(shipped.ended()).isCompleted();
        } else {
          // At any moment of the start.
          LockSupport.parkNanos(i * 3_000_000L);
          assertThat(shipped.drain(Duration.ZERO)).isIn(true, false);
        }
      }
      Rig.stored(shipper.add(config(database, store, Duration.ofMillis(1))));
      assertThat(StoredImage.latest(store).sha256()).isEqualTo(app.image().sha256());
    }
  }
}
