package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Whatever a spool does when its process is killed, its disk fails or power is lost: what it finds
/// afterwards is what was appended, from the beginning to at least the last position synced.
class SpoolHistoryTest {
  private static final int SEEDS = 300;
  private static final int RUNS = 6;
  private static final int STEPS = 20;
  private static final int CALLS = 40;

  @Test
  void recoversAPrefixOfHistoryWithAllThatWasSynced() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        new Simulation(seed).run();
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /// One machine and its disk, through a few processes.
  private static final class Simulation {
    private final RandomGenerator random;
    private final SimDisk disk;
    private final SpoolModel model = new SpoolModel();
    // What has to be there after a kill, and after a power loss; and what is in the bucket.
    private Position written = Position.START;
    private Position durable = Position.START;
    private Position stored = Position.START;

    Simulation(long seed) {
      random = new SplittableRandom(seed);
      disk = new SimDisk(random.nextLong());
    }

    void run() throws Exception {
      for (int i = 0; i < RUNS; i++) {
        if (random.nextInt(3) > 0) {
          disk.killAt(1 + random.nextInt(CALLS));
        }
        if (random.nextInt(3) == 0) {
          disk.failAt(1 + random.nextInt(CALLS));
        }
        live();
        disk.killAt(Integer.MAX_VALUE);
        disk.failAt(Integer.MAX_VALUE);
        boolean power = random.nextBoolean();
        if (power) {
          disk.losePower();
        }
        check(power);
      }
    }

    private void live() throws Exception {
      try {
        Spool spool = SpoolModel.open(disk.open(), stored);
        for (int i = 0; i < STEPS; i++) {
          try {
            step(spool);
          } catch (IOException _) {
            // The daemon goes on, and tries again.
          }
        }
      } catch (SimKilled | IOException _) {
        // Or it could not even start.
      }
    }

    private void step(Spool spool) throws Exception {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> model.append(spool, random);
        case 3 -> {
          spool.flush();
          written = later(written, spool.end());
        }
        case 4 -> {
          spool.sync();
          synced(spool.end());
        }
        case 5 -> {
          spool.closeSegments();
          synced(spool.end());
        }
        case 6 -> seal(spool);
        default -> {
          if (spool.first().isPresent()) {
            stored = spool.first().get().end();
            synced(stored);
            spool.dropUpTo(stored);
          }
        }
      }
    }

    /// Leaves the segment unmade, or not taken over, now and then.
    private void seal(Spool spool) throws Exception {
      if (spool.end().equals(Position.START)) {
        return;
      }
      model.appendCommit(spool, random);
      Sealing sealing = spool.seal();
      if (random.nextBoolean()) {
        model.appendCommit(spool, random);
      }
      if (random.nextInt(4) > 0) {
        sealing.make();
        synced(sealing.made().end());
      }
      if (random.nextInt(4) > 0) {
        sealing.make();
        spool.sealed(sealing);
      }
    }

    private void synced(Position position) {
      durable = later(durable, position);
      written = later(written, position);
    }

    private void check(boolean power) throws Exception {
      SimFiles files = disk.open();
      Spool spool = SpoolModel.open(files, stored);
      Position end = spool.end();
      Position least = power ? durable : written;
      assertThat(end.txid()).as("what has to be there").isGreaterThanOrEqualTo(least.txid());
      model.assertAppended(end);
      boolean fits = SpoolModel.fits(spool);
      assertThat(fits || power).as("a kill leaves a table that fits").isTrue();
      if (!fits) {
        model.rebuildTable(files, stored);
        spool = SpoolModel.open(files, stored);
        assertThat(spool.end()).isEqualTo(end);
        assertThat(SpoolModel.fits(spool)).as("the table, found again").isTrue();
      }
      model.assertDescribes(spool);
      model.goOnFrom(end);
      written = end;
      if (power) {
        durable = end;
      }
    }

    private static Position later(Position a, Position b) {
      return a.txid().compareTo(b.txid()) >= 0 ? a : b;
    }
  }
}
