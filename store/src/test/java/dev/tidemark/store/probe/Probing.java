package dev.tidemark.store.probe;

import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreInsight;
import dev.tidemark.store.probe.StoreProbe.Check;
import dev.tidemark.store.probe.StoreProbe.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/// Runs a probe that never really pauses.
final class Probing {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final int WRITERS = 8;

  private Probing() {}

  static Report run(ObjectStore store) throws StoreException, InterruptedException {
    return StoreProbe.run(store, new Random(5), InstantSource.fixed(NOW), pauses(), WRITERS);
  }

  private static Pauses pauses() {
    return new Pauses() {
      @Override
      public long nanos() {
        return 0;
      }

      @Override
      public void pause(Duration length) {
        // The store under test does not get better by waiting.
      }
    };
  }

  static List<String> failed(Report report) {
    return report.bad().stream().map(Check::name).toList();
  }

  /// A store with something to tell.
  static ObjectStore telling(ObjectStore store, StoreInsight insight) {
    return new PassingStore(store) {
      @Override
      public StoreInsight insight() {
        return insight;
      }
    };
  }
}
