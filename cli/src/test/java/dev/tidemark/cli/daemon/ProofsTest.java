package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import dev.tidemark.restore.Proof;
import dev.tidemark.shipper.DatabaseConfig;
import dev.tidemark.shipper.DurabilityLevel;
import dev.tidemark.shipper.ShippedDatabase;
import dev.tidemark.shipper.Shipper;
import dev.tidemark.sqlite.LockMode;
import dev.tidemark.sqlite.SqliteProcess;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.testing.CountingStore;
import dev.tidemark.store.testing.MemoryStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProofsTest {
  private static final int DATABASES = 200;
  private static final int THREADS_MAX = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  /// No pause is longer than a moment.
  private static final Pauses HASTY =
      new Pauses() {
        @Override
        public long nanos() {
          return System.nanoTime() * 100;
        }

        @Override
        public void pause(Duration length) throws InterruptedException {
          Thread.sleep(length.dividedBy(100));
        }
      };

  private static DatabaseConfig config(Path database, MemoryStore store) {
    return new DatabaseConfig(
        database,
        store,
        "memory",
        Optional.empty(),
        Duration.ofMillis(50),
        Optional.of(Duration.ZERO),
        1L << 30,
        1L << 30,
        Optional.empty());
  }

  private static Proof proof(Proofs proofs, ShippedDatabase database) {
    return proofs.of(database.database()).orElseThrow().proof();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  @Test
  void provenFollowsStoredAndAnIdleDatabaseAsksNothing() throws Exception {
    MemoryStore store = new MemoryStore();
    CountingStore counting = new CountingStore(store);
    Path file = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(file);
        Shipper shipper = Shipper.start(LockMode.AUTO);
        Proofs proofs = new Proofs(1L << 40, HASTY, InstantSource.system())) {
      app.exec("CREATE TABLE t(x)");
      ShippedDatabase database = shipper.add(config(file, store));
      proofs.add(database, counting, "memory");
      proofs.start();
      for (int i = 0; i < 5; i++) {
        app.exec("INSERT INTO t VALUES (randomblob(100000))");
        Position stored = database.sync(DurabilityLevel.STORED, PATIENCE);
        until(() -> proof(proofs, database).position().equals(Optional.of(stored)));
      }
      assertThat(proof(proofs, database).problems()).isEmpty();
      assertThat(proof(proofs, database).from()).isEqualTo(Position.START);
      long requests = counting.requests();
      // Many looks of the prover, a hundred times as fast as usual.
      Thread.sleep(500);
      assertThat(counting.requests()).as("requests while nothing is new").isEqualTo(requests);
      assertThat(proofs.of(file).orElseThrow().readBytes())
          .as("each segment, and small records")
          .isBetween(500_000L, 700_000L);
    }
  }

  @Test
  void aStoreThatIsAwayDelaysAProofAndIsNoProblem() throws Exception {
    MemoryStore store = new MemoryStore();
    CountingStore counting = new CountingStore(store);
    counting.away(true);
    Path file = folder.resolve("app.db");
    try (SqliteProcess app = SqliteProcess.open(file);
        Shipper shipper = Shipper.start(LockMode.AUTO);
        Proofs proofs = new Proofs(1L << 40, HASTY, InstantSource.system())) {
      app.exec("CREATE TABLE t(x)");
      ShippedDatabase database = shipper.add(config(file, store));
      proofs.add(database, counting, "memory");
      proofs.start();
      Position stored = database.sync(DurabilityLevel.STORED, PATIENCE);
      until(() -> counting.requests() > 8);
      assertThat(proof(proofs, database)).isEqualTo(Proof.NONE);
      counting.away(false);
      until(() -> proof(proofs, database).position().equals(Optional.of(stored)));
      assertThat(proof(proofs, database).problems()).isEmpty();
    }
  }

  @Test
  void manyDatabasesShareFewThreads() throws Exception {
    Path template = folder.resolve("template.db");
    try (SqliteProcess app = SqliteProcess.open(template)) {
      app.exec("CREATE TABLE t(x)");
    }
    int before = threads();
    try (Shipper shipper = Shipper.start(LockMode.AUTO);
        Proofs proofs = new Proofs(1L << 40, HASTY, InstantSource.system())) {
      List<ShippedDatabase> databases = new ArrayList<>();
      for (int i = 0; i < DATABASES; i++) {
        Path file = folder.resolve("db" + i);
        Files.copy(template, file);
        MemoryStore store = new MemoryStore();
        ShippedDatabase database = shipper.add(config(file, store));
        proofs.add(database, store, "memory");
        databases.add(database);
      }
      proofs.start();
      int most = 0;
      for (ShippedDatabase database : databases) {
        Position stored = database.sync(DurabilityLevel.STORED, PATIENCE);
        until(() -> proof(proofs, database).position().equals(Optional.of(stored)));
        most = Math.max(most, threads() - before);
      }
      assertThat(most).isLessThan(THREADS_MAX);
    }
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
