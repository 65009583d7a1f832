package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.store.BoundaryRecord;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Records;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.FaultyStore;
import dev.tidemark.store.testing.FaultyStore.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two maintainers of one log with different settings, whose requests interleave at random while a
/// writer writes and time passes; lost requests, lost answers, listings that lack what was stored
/// lately. Whatever is promised restores to the very bytes; with a sound store there is no false
/// alarm.
class MaintainerPropertyTest {
  private static final int SEEDS = Integer.getInteger("maintainer.seeds", 150);
  private static final long FIRST_SEED = Long.getLong("maintainer.seed", 1);
  private static final int ROUNDS = 4;

  /// All of these nest within an hour, and some cross each other.
  private static final List<String> LEVELS =
      List.of("30s,5m,1h", "1m,20m,1h", "10m,30m", "15m", "20m", "1h", "5m,15m,30m,1h");

  private static final List<String> POLICIES =
      List.of(
          "transactions=1h,hourly=6h,daily=3d",
          "transactions=0s,hourly=12h",
          "transactions=3h",
          "transactions=20m,hourly=3h,daily=2d,weekly=21d");

  @TempDir Path scratch;

  private static Duration any(Random random, Duration... of) {
    return of[random.nextInt(of.length)];
  }

  private static MaintainOptions options(Random random, String policy) {
    Duration hour = Duration.ofHours(1);
    Duration ten = Duration.ofMinutes(10);
    return new MaintainOptions(
        Optional.of(Levels.parse(LEVELS.get(random.nextInt(LEVELS.size())))),
        random.nextInt(5) == 0
            ? Optional.empty()
            : Optional.of(any(random, Duration.ZERO, hour, hour.multipliedBy(4))),
        Optional.of(KeepPolicy.parse(policy)),
        new RetentionSettings(
            any(random, Duration.ZERO, ten, hour),
            any(random, Duration.ZERO, ten, hour),
            hour.multipliedBy(24)),
        false);
  }

  @Test
  void whateverTwoMaintainersDoWhatIsPromisedIsThere() throws Exception {
    AtomicLong boundaries = new AtomicLong();
    AtomicLong deleted = new AtomicLong();
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
          .parallel()
          .forEach(seed -> {
            MaintainRig rig = told(seed, threads);
            boundaries.addAndGet(rig.keys("boundary/").size());
            deleted.addAndGet(rig.ends.size() - rig.keys("log/").size());
          });
    }
    assertThat(boundaries.get()).isGreaterThan(SEEDS);
    assertThat(deleted.get()).isGreaterThan(4L * SEEDS);
  }

  /// What is there after the story of a seed.
  private MaintainRig told(long seed, ExecutorService threads) {
    try {
      Story story = new Story(seed, threads);
      story.tell();
      return story.rig;
    } catch (Throwable e) {
      throw new AssertionError("-Dmaintainer.seed=" + seed + ": " + e.getMessage(), e);
    }
  }

  private final class Story {
    private final MaintainRig rig;
    private final Random random;
    private final ExecutorService threads;
    private final String policy;
    private final double faults;
    private int pins;

    Story(long seed, ExecutorService threads) throws Exception {
      this.rig = new MaintainRig(seed, scratch);
      this.random = rig.random;
      this.threads = threads;
      this.policy = POLICIES.get(random.nextInt(POLICIES.size()));
      this.faults = random.nextInt(3) == 0 ? 0.004 : 0;
    }

    void tell() throws Exception {
      KeepPolicy.Rules rules = (KeepPolicy.Rules) KeepPolicy.parse(policy);
      live(6);
      for (int round = 0; round < ROUNDS; round++) {
        live(3);
        together();
        rig.assertRestores(rig.promised(rules));
      }
      // One alone, without faults, puts in order whatever the others left.
      MaintainOptions last = options(random, policy);
      assertThat(rig.run(last).problems()).isEmpty();
      // Covers of different levels may cross; what only these kept goes a run after them.
      rig.run(last);
      rig.assertRestores(rig.promised(rules));
      rig.assertSettled(last);
    }

    private void live(int segments) throws Exception {
      for (int i = 0; i < segments; i++) {
        rig.ship(1 + random.nextInt(3));
        int most = random.nextInt(6) == 0 ? 20_000 : 1_500;
        rig.pass(Duration.ofSeconds(1 + random.nextInt(most)));
      }
    }

    /// Between two turns, time passes, more is written, or something is pinned.
    private void change() throws Exception {
      switch (random.nextInt(8)) {
        case 0 -> live(1 + random.nextInt(2));
        case 1 -> rig.pass(Duration.ofSeconds(random.nextInt(8_000)));
        case 2 -> {
          if (random.nextInt(3) == 0) {
            pin();
          }
        }
        default -> {}
      }
    }

    /// Above the boundary, and safe once its maker has stored the next boundary record.
    private void pin() throws Exception {
      Optional<BoundaryRecord> boundary = Records.boundaryAfter(rig.store, 0, MaintainRig.DATABASE);
      if (boundary.isEmpty()) {
        return;
      }
      int from = rig.boundary();
      rig.pin("p" + pins++, from + random.nextInt(rig.shipped() - from + 1));
      PutOutcome outcome =
          Records.putBoundary(
              rig.store,
              new BoundaryRecord(
                  boundary.get().number() + 1,
                  MaintainRig.DATABASE,
                  boundary.get().position(),
                  rig.now()));
      assertThat(outcome).isEqualTo(PutOutcome.STORED);
    }

    private void together() throws Exception {
      Turns turns = new Turns(random, 2, this::change);
      List<Future<MaintainReport>> runs = new ArrayList<>();
      for (int actor = 0; actor < 2; actor++) {
        runs.add(threads.submit(run(turns, actor, options(random, policy), random.nextLong())));
      }
      for (Future<MaintainReport> run : runs) {
        try {
          // What a listing lacks may look lost, to whoever gets such listings.
          assertThat(faults == 0 ? run.get().problems() : List.of())
              .as(
                  "%s, boundary %d, pins %s, %s",
                  policy, rig.boundary(), rig.pins, rig.store.objects().keySet())
              .isEmpty();
          run.get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof StoreException) || faults == 0) {
            throw e;
          }
        }
      }
    }

    private Callable<MaintainReport> run(
        Turns turns, int actor, MaintainOptions options, long seed) {
      ObjectStore store = turns.of(actor, rig.watched());
      ObjectStore faulty =
          new FaultyStore(
              store, new Random(seed), new Faults(faults, faults, faults, 10 * faults, faults));
      return () -> {
        try {
          return rig.run(faulty, options);
        } finally {
          turns.done(actor);
        }
      };
    }
  }
}
