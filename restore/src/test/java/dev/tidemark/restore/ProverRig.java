package dev.tidemark.restore;

import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.testing.CountingStore;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;

/// A prover with a folder and a clock of the test's.
abstract class ProverRig {
  static final int COUNT = 60;

  @TempDir Path dir;

  Instant now = Instant.parse("2026-01-01T00:00:00Z");

  Prover prover(CountingStore store) throws Exception {
    return new Prover(store, "memory", dir.resolve("proof"), () -> now);
  }

  /// One that has seen the whole log.
  Prover proven(TestLog log, CountingStore store) throws Exception {
    Prover prover = prover(store);
    roundsToTheEnd(prover, log.history.position(log.cuts.getLast()));
    return prover;
  }

  static void roundsToTheEnd(Prover prover, Position stored) throws Exception {
    while (prover.round(stored)) {
      // Until it has seen all of it.
    }
  }

  static long size(TestLog log, ObjectKey key) {
    return log.store.bytes(key.text()).length;
  }
}
