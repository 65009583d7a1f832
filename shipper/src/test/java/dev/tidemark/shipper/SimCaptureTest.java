package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What capture makes of a simulated database is what the database went through.
class SimCaptureTest {
  private static final int SEEDS = 100;
  private static final int DISASTERS = 60;
  private static final int ACTIONS = 80;

  @TempDir Path folder;

  private ObjectStore store;
  private long millis;

  @BeforeEach
  void begin() {
    store = Rig.local(folder.resolve("bucket"));
    millis = 1_700_000_000_000L;
  }

  @AfterEach
  void end() {
    store.close();
  }

  /// One process after the other that captures one database into one state directory.
  private final class Run {
    private final SimDatabase database;
    private final Path state;
    private final List<SimState> expected = new ArrayList<>();
    private StateFiles files;
    private Spool spool;
    private Optional<Capture> capture = Optional.empty();
    private Optional<SimState> reached = Optional.empty();
    private int comparisons;
    private boolean mayMerge;

    Run(long seed, SimDatabase database) throws Exception {
      this.database = database;
      this.state = Files.createDirectory(folder.resolve("state" + seed));
      this.files = new DiskFiles(state);
      this.spool = openSpool();
    }

    private Spool openSpool() throws Exception {
      Spool opened =
          new Spool(files, new PageTable(files, PageTable.FILE), new Id128(1, 1), new Id128(2, 2));
      opened.recover(Position.START);
      return opened;
    }

    void start() throws Exception {
      DatabaseConfig config =
          new DatabaseConfig(
              database.path(),
              store,
              "bucket",
              Optional.empty(),
              Duration.ZERO,
              Optional.empty(),
              1L << 30,
              1L << 30,
              Optional.empty());
      Context context =
          new Context(
              () -> Instant.ofEpochMilli(millis),
              () -> millis * 1_000_000L,
              _ -> {},
              new SplittableRandom(5),
              _ -> database.openSource(),
              DiskFiles::new,
              Runnable::run,
              Runnable::run,
              Runnable::run,
              new IoBudget(1L << 20));
      Capture started =
          new Capture(
              database.openSource(),
              spool,
              files,
              context,
              new CommitTimes(),
              () -> comparisons++,
              new Overrun(config, files));
      int before = comparisons;
      started.reconcile();
      capture = Optional.of(started);
      took(comparisons > before);
    }

    void kill() throws Exception {
      if (capture.isPresent()) {
        capture.get().close();
        spool.close();
        files.close();
        capture = Optional.empty();
        files = new DiskFiles(state);
        spool = openSpool();
      }
    }

    void capture() throws Exception {
      Capture running = capture.orElseThrow();
      running.wal().observe();
      int before = comparisons;
      if (running.capture()) {
        took(comparisons > before);
      }
    }

    void swap() throws Exception {
      capture.orElseThrow().swapPin(false);
    }

    /// Everything that the database went through since is in the spool now, each commit by itself.
    private void took(boolean compared) {
      List<SimState> line = database.history().line();
      long taken = spool.end().txid().value() - expected.size();
      if (compared) {
        // None if a commit changed nothing, or the database was put back to what it was.
        for (long i = 0; i < taken; i++) {
          expected.add(line.getLast());
        }
      } else {
        int from = line.indexOf(reached.orElseThrow());
        assertThat(from).as("goes on from where it was").isNotNegative();
        List<SimState> fresh = new ArrayList<>(line.subList(from + 1, line.size()));
        if (mayMerge) {
          merge(fresh, line.get(from), taken);
        }
        assertThat(taken).as("one each").isEqualTo(fresh.size());
        expected.addAll(fresh);
      }
      reached = Optional.of(line.getLast());
      assertThat(spool.end().checksum()).isEqualTo(line.getLast().checksum());
    }

    /// Once a wal-index was recovered, SQLite's count may be too low, and a commit that wrote the
    /// same page again looks like padding to the sector: two positions with one image become one.
    private static void merge(List<SimState> fresh, SimState before, long taken) {
      for (int i = fresh.size() - 1; i >= 0 && fresh.size() > taken; i--) {
        SimState earlier = i == 0 ? before : fresh.get(i - 1);
        if (fresh.get(i).checksum().equals(earlier.checksum())) {
          fresh.remove(i);
        }
      }
    }

    /// Applies what is in the spool, one transaction after the other.
    void replay() throws Exception {
      spool.closeSegments();
      SortedMap<Long, byte[]> pages = new TreeMap<>();
      int next = 0;
      while (spool.first().isPresent()) {
        SpooledObject object = spool.first().get();
        try (StateFiles.Handle handle = files.open(object.file());
            ObjectReader reader =
                new ObjectReader(
                    new HandleInput(handle, 0, object.bytes()), object.index(), 1, Runnable::run)) {
          while (reader.nextFile()) {
            apply(reader.file(), pages);
            assertThat(pages.values()).containsExactlyElementsOf(expected.get(next++).pages());
          }
        }
        spool.dropUpTo(object.end());
      }
      assertThat(next).isEqualTo(expected.size());
    }

    private static void apply(LtxReader file, SortedMap<Long, byte[]> pages) throws Exception {
      while (file.next()) {
        pages.put(file.pgno(), file.page().clone());
      }
      pages.tailMap(file.header().commit() + 1).clear();
      file.finish();
    }
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
      SimDatabase database = walDatabase(random.split());
      Run run = new Run(seed, database);
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
        assertThat(run.comparisons).isEqualTo(1);
        resets += (int) run.expected.stream().map(SimState::salts).distinct().count() - 1;
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
      SimDatabase database = walDatabase(random.split());
      Run run = new Run(seed, database);
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
        assertThat(run.comparisons).isEqualTo(1);
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
      SimDatabase database = walDatabase(random.split());
      Run run = new Run(seed, database);
      try {
        run.mayMerge = true;
        for (int i = 0; i < ACTIONS; i++) {
          millis += random.nextInt(200);
          disaster(run, random);
          database.open();
          database.journalMode(true);
          appActs(database, random);
          if (run.capture.isPresent() && !run.capture.get().source().stillSameFiles()) {
            run.kill();
          }
          if (run.capture.isEmpty() && random.nextInt(3) == 0) {
            database.endReads();
            run.start();
          }
          if (run.capture.isPresent() && random.nextInt(3) == 0) {
            run.capture();
            run.swap();
            run.capture.get().stampIfQuiet();
          }
        }
        run.kill();
        database.endReads();
        run.start();
        compared += run.comparisons;
        run.replay();
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        run.kill();
      }
    }
    assertThat(compared).isGreaterThan(DISASTERS);
  }

  private static void disaster(Run run, RandomGenerator random) throws Exception {
    SimDatabase database = run.database;
    switch (random.nextInt(60)) {
      case 0, 1, 2 -> run.kill();
      case 3, 4 -> database.close();
      case 5, 6, 7 -> {
        database.open();
        database.crash(List.of(SimDatabase.Crash.values()).get(random.nextInt(5)));
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
