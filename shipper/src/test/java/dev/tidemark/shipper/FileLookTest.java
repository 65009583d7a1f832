package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A look at the database file sees every page that is not what was captured, and no other one,
/// whatever the application does at any moment of it.
class FileLookTest {
  private static final int SEEDS = 150;
  private static final int ROUNDS = 60;
  private static final int PAGE_BYTES = 512;
  private static final int ALL = 10_000;

  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;

  /// A database, its application, and who captures it.
  private final class Scene implements AutoCloseable {
    private final SplittableRandom random;
    private final SimDatabase database;
    private final BusySource source;
    private final CaptureProcess process;
    private final Spool spool;
    private final Capture capture;
    private final FileLook look;

    Scene(long seed) throws Exception {
      random = new SplittableRandom(seed);
      database = new SimDatabase(PAGE_BYTES, () -> millis, random.split());
      database.open();
      database.journalMode(true);
      source = new BusySource(database.openSource(), this::applicationHurries);
      Path state = Files.createDirectory(folder.resolve("state" + seed));
      process = new CaptureProcess(state, source, () -> Instant.ofEpochMilli(millis), () -> {});
      spool = process.spool();
      capture = process.capture();
      capture.reconcile();
      look = new FileLook(source, spool, capture.wal());
    }

    void applicationHurries() {
      for (int acts = random.nextInt(4); acts > 0; acts--) {
        applicationActs();
      }
    }

    void applicationActs() {
      if (!database.isOpen()) {
        database.open();
      }
      switch (random.nextInt(40)) {
        case 0, 1 -> database.rollBack();
        case 2, 3, 4, 5, 6 -> database.checkpoint(SimLog.Mode.PASSIVE);
        case 7, 8 -> database.checkpoint(List.of(SimLog.Mode.values()).get(random.nextInt(4)));
        case 9 -> {
          if (random.nextInt(3) == 0) {
            database.beginRead();
          }
        }
        case 10, 11 -> database.endReads();
        case 12 -> database.crash(List.of(SimCrash.values()).get(random.nextInt(5)));
        case 13, 14, 15, 16, 17, 18 -> database.commit();
        default -> {}
      }
    }

    void captures() throws Exception {
      process.takes();
      capture.swapPin(false);
      spool.settle();
    }

    /// The pin keeps some things from happening that the look does not need it for.
    FileLook.Outcome busyLook(long first, int count) throws Exception {
      if (random.nextInt(3) == 0) {
        source.pin().release();
      }
      source.busy(true);
      try {
        return look.once(first, count);
      } finally {
        source.busy(false);
        if (!source.pin().holdUnused()) {
          database.endReads();
          capture.pinning().retake();
        }
      }
    }

    /// Everything committed is in the file, and captured.
    void rests() throws Exception {
      if (!database.isOpen()) {
        database.open();
      }
      database.endReads();
      database.commit();
      captures();
      database.checkpoint(SimLog.Mode.PASSIVE);
      captures();
      assertThat(source.nBackfill()).isEqualTo(capture.wal().frames());
    }

    @Override
    public void close() throws IOException {
      process.close();
    }
  }

  @Test
  void isNeverMistakenWhateverTheApplicationDoesMeanwhile() throws Exception {
    long pages = 0;
    long unclear = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      try (Scene scene = new Scene(seed)) {
        for (int i = 0; i < ROUNDS; i++) {
          millis += scene.random.nextInt(3);
          for (int acts = scene.random.nextInt(12); acts > 0; acts--) {
            scene.applicationActs();
          }
          if (scene.random.nextInt(5) > 0) {
            scene.captures();
          }
          long first = 1L + scene.random.nextInt((int) scene.spool.commit());
          FileLook.Outcome outcome = scene.busyLook(first, 1 + scene.random.nextInt(8));
          assertThat(outcome).isNotInstanceOf(FileLook.Outcome.Different.class);
          if (outcome instanceof FileLook.Outcome.Equal(long compared)) {
            pages += compared;
          } else {
            unclear++;
          }
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(pages).as("pages compared").isGreaterThan(SEEDS * 10L);
    assertThat(unclear).as("looks that proved nothing").isBetween(1L, SEEDS * (ROUNDS - 5L));
  }

  @Test
  void seesAPageThatWasWrittenBehindTheBack() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (Scene scene = new Scene(seed)) {
        for (int acts = scene.random.nextInt(60); acts > 0; acts--) {
          scene.applicationActs();
        }
        scene.rests();
        long commit = scene.spool.commit();
        assertThat(scene.look.at(1, ALL)).isEqualTo(new FileLook.Outcome.Equal(commit));
        long pgno = 1 + scene.random.nextLong(commit);
        scene.database.flip((pgno - 1) * PAGE_BYTES + scene.random.nextInt(PAGE_BYTES));
        assertThat(scene.look.at(1, ALL))
            .isEqualTo(new FileLook.Outcome.Different(commit, 1, pgno));
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void leavesOutWhatTheNextCheckpointWillWrite() throws Exception {
    try (Scene scene = new Scene(1)) {
      scene.rests();
      long before = scene.capture.wal().frames();
      while (scene.capture.wal().frames() == before) {
        scene.database.commit();
        scene.captures();
      }
      long commit = scene.spool.commit();
      LoggedPages logged = new LoggedPages(scene.source);
      logged.follow(scene.capture.wal().latest().orElseThrow(), scene.source.nBackfill());
      long inWal = 0;
      for (long pgno = 1; pgno <= commit; pgno++) {
        if (logged.has(pgno) && (pgno - 1) * PAGE_BYTES < scene.database.databaseBytes().length) {
          scene.database.flip((pgno - 1) * PAGE_BYTES);
        }
        inWal += logged.has(pgno) ? 1 : 0;
      }
      assertThat(inWal).isPositive();
      assertThat(scene.look.at(1, ALL)).isEqualTo(new FileLook.Outcome.Equal(commit - inWal));
    }
  }

  @Test
  void readsALongWalInPortions() throws Exception {
    try (Scene scene = new Scene(2)) {
      scene.rests();
      scene.database.beginRead();
      while (scene.capture.wal().frames() - scene.source.nBackfill() <= LoggedPages.FRAMES_MAX) {
        scene.database.commit();
        scene.captures();
      }
      assertThat(scene.look.at(1, ALL)).isEqualTo(new FileLook.Outcome.Unclear());
      assertThat(scene.look.at(1, ALL)).isInstanceOf(FileLook.Outcome.Equal.class);
    }
  }
}
