package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What capture makes of a simulated database is what the database went through.
class SimCaptureTest {
  private static final int SEEDS = 100;
  private static final int DISASTERS = 60;
  private static final int ACTIONS = 80;

  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;

  private SimCaptureRun run(int seed, RandomGenerator random) throws IOException {
    Path state = Files.createDirectory(folder.resolve("state" + seed));
    return new SimCaptureRun(walDatabase(random), state, () -> Instant.ofEpochMilli(millis));
  }

  private SimDatabase walDatabase(RandomGenerator random) {
    SimDatabase made = new SimDatabase(512, () -> millis, random);
    made.open();
    made.journalMode(true);
    return made;
  }

  private static void appActs(SimDatabase database, RandomGenerator random) {
    switch (random.nextInt(12)) {
      case 0 -> database.rollBack();
      case 1, 2 -> database.checkpoint(SimLog.Mode.PASSIVE);
      case 3 -> database.checkpoint(List.of(SimLog.Mode.values()).get(random.nextInt(4)));
      case 4 -> database.beginRead();
      case 5 -> database.endReads();
      default -> database.commit();
    }
  }

  @Test
  void everyCommitIsATransactionWithItsImage() throws Exception {
    int resets = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimCaptureRun run = run(seed, random.split());
      SimDatabase database = run.database();
      try {
        for (int i = 0; i < random.nextInt(10); i++) {
          appActs(database, random);
        }
        run.start();
        for (int i = 0; i < ACTIONS; i++) {
          millis += random.nextInt(3);
          appActs(database, random);
          if (random.nextInt(3) == 0) {
            run.capture();
          }
          if (random.nextInt(3) == 0) {
            run.swap();
          }
        }
        run.capture();
        assertThat(run.comparisons()).isEqualTo(1);
        resets += (int) run.expected().stream().map(SimState::salts).distinct().count() - 1;
        run.replay();
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        run.kill();
      }
    }
    assertThat(resets).isGreaterThan(SEEDS);
  }

  @Test
  void checkpointThatWaitsIsLetThrough() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimCaptureRun run = run(seed, random.split());
      SimDatabase database = run.database();
      try {
        run.start();
        for (int i = 0; i < 30; i++) {
          appActs(database, random);
          if (random.nextInt(3) == 0) {
            run.capture();
            run.swap();
          }
          if (random.nextInt(5) == 0) {
            database.endReads();
            database.waitFor(List.of(SimLog.Mode.values()).get(1 + random.nextInt(3)));
            for (int tries = 0; tries < 3 && database.waitingSince().isPresent(); tries++) {
              run.capture();
              run.swap();
              database.retry();
            }
            assertThat(database.waitingSince()).isEmpty();
          }
        }
        assertThat(run.comparisons()).isEqualTo(1);
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        run.kill();
      }
    }
  }

  @Test
  void whateverHappensTheEndIsTheDatabase() throws Exception {
    int compared = 0;
    for (int seed = 0; seed < DISASTERS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimCaptureRun run = run(seed, random.split());
      SimDatabase database = run.database();
      try {
        run.mayMerge();
        for (int i = 0; i < ACTIONS; i++) {
          millis += random.nextInt(200);
          disaster(run, random);
          database.open();
          database.journalMode(true);
          appActs(database, random);
          if (run.running().isPresent() && !run.running().get().source().stillSameFiles()) {
            run.kill();
          }
          if (run.running().isEmpty() && random.nextInt(3) == 0) {
            database.endReads();
            run.start();
          }
          if (run.running().isPresent() && random.nextInt(3) == 0) {
            run.capture();
            run.swap();
            run.running().get().stampIfQuiet();
          }
        }
        run.kill();
        database.endReads();
        run.start();
        compared += run.comparisons();
        run.replay();
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        run.kill();
      }
    }
    assertThat(compared).isGreaterThan(DISASTERS);
  }

  private static void disaster(SimCaptureRun run, RandomGenerator random) throws Exception {
    SimDatabase database = run.database();
    switch (random.nextInt(60)) {
      case 0, 1, 2 -> run.kill();
      case 3, 4 -> database.close();
      case 5, 6, 7 -> {
        database.open();
        database.crash(List.of(SimCrash.values()).get(random.nextInt(5)));
      }
      case 8 -> {
        run.kill();
        database.losePower();
      }
      case 9 -> {
        List<SimState> line = database.history().line();
        database.replace(line.get(random.nextInt(line.size())), random.nextBoolean());
      }
      case 10 -> {
        run.kill();
        database.open();
        database.endReads();
        database.journalMode(false);
        database.commit();
        database.journalMode(true);
      }
      default -> {}
    }
  }
}
