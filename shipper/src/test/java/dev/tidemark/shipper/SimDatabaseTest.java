package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.sqlite.UnsuitableDatabaseException;
import dev.tidemark.sqlite.WalIndexHeader;
import dev.tidemark.sqlite.WalPin.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimDatabaseTest {
  private static final int PAGE_SIZE = 512;

  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;

  private SimDatabase walDatabase(RandomGenerator random) {
    SimDatabase made = new SimDatabase(PAGE_SIZE, () -> millis, random);
    made.open();
    made.journalMode(true);
    return made;
  }

  /// One thing that an application does.
  private void act(SimDatabase database, RandomGenerator random) {
    millis += random.nextInt(3);
    database.open();
    switch (random.nextInt(16)) {
      case 0 -> database.rollBack();
      case 1, 2 -> database.checkpoint(SimLog.Mode.PASSIVE);
      case 3 -> database.checkpoint(List.of(SimLog.Mode.values()).get(random.nextInt(4)));
      case 4 -> database.beginRead();
      case 5, 6 -> database.endReads();
      case 7 -> {
        if (random.nextInt(4) == 0) {
          database.close();
        }
      }
      case 8 -> {
        if (random.nextInt(3) == 0) {
          database.crash(List.of(SimCrash.values()).get(random.nextInt(5)));
        }
      }
      default -> database.commit();
    }
  }

  @Test
  void filesAreWhatSqliteRecovers() throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDatabase database = walDatabase(random);
      int actions = random.nextInt(60);
      for (int i = 0; i < actions; i++) {
        act(database, random);
      }
      if (random.nextBoolean()) {
        database.losePower();
      } else {
        database = database.copy(() -> millis, random);
        database.open();
      }
      byte[] image = database.history().current().orElseThrow().image();

      assertThat(throughSqlite(database, "app" + seed)).as("seed %d", seed).isEqualTo(image);
    }
  }

  /// What the files hold after SQLite has recovered and checkpointed them.
  private byte[] throughSqlite(SimDatabase database, String name) throws IOException, SQLException {
    Path file = folder.resolve(name);
    Files.write(file, database.databaseBytes());
    if (database.walBytes().length > 0) {
      Files.write(folder.resolve(name + "-wal"), database.walBytes());
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    return Files.readAllBytes(file);
  }

  @Test
  void sameSeedGivesTheSameBytes() {
    for (int seed = 0; seed < 20; seed++) {
      SimDatabase one = run(seed);
      SimDatabase other = run(seed);

      assertThat(one.databaseBytes()).isEqualTo(other.databaseBytes());
      assertThat(one.walBytes()).as("seed %d", seed).isEqualTo(other.walBytes());
    }
    assertThat(run(1).walBytes()).isNotEqualTo(run(2).walBytes());
  }

  private SimDatabase run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimDatabase database = walDatabase(random);
    for (int i = 0; i < 100; i++) {
      act(database, random);
    }
    database.open();
    database.commit();
    return database;
  }

  @Test
  void logIsResetOnlyAsThePinAllows() throws Exception {
    int resets = 0;
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDatabase database = walDatabase(random);
      database.commit();
      SimSource source = database.openSource();
      WalIndexHeader before = source.header().orElseThrow();
      for (int i = 0; i < 40; i++) {
        steadily(database, random);
        assertThat(source.header().orElseThrow().salts())
            .as("NO_RESET, seed %d", seed)
            .isEqualTo(before.salts());
      }
      database.endReads();
      database.checkpoint(SimLog.Mode.PASSIVE);
      assertThat(source.pin().allowOneReset(source.header().orElseThrow())).isTrue();
      List<Long> salts = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        steadily(database, random);
        WalIndexHeader now = source.header().orElseThrow();
        if (now.mxFrame() > 0 && !salts.contains(now.salts())) {
          salts.add(now.salts());
        }
      }
      salts.remove(before.salts());
      assertThat(salts).as("ONE_RESET, seed %d", seed).hasSizeLessThanOrEqualTo(1);
      resets += salts.size();
      source.close();
    }
    assertThat(resets).isGreaterThan(150);
  }

  private static void steadily(SimDatabase database, RandomGenerator random) {
    switch (random.nextInt(6)) {
      case 0 -> database.checkpoint(SimLog.Mode.PASSIVE);
      case 1 -> database.checkpoint(List.of(SimLog.Mode.values()).get(random.nextInt(4)));
      case 2 -> database.rollBack();
      case 3 -> {
        database.endReads();
        database.beginRead();
      }
      default -> database.commit();
    }
  }

  @Test
  void withoutAPinTheLogBeginsAnewAfterACheckpoint() {
    SimDatabase database = walDatabase(new SplittableRandom(1));
    SimState first = database.commit().orElseThrow();
    assertThat(database.commit().orElseThrow().salts()).isEqualTo(first.salts());
    assertThat(database.checkpoint(SimLog.Mode.PASSIVE).isComplete()).isTrue();

    SimState next = database.commit().orElseThrow();

    assertThat(next.salts() >>> 32).isEqualTo(((first.salts() >>> 32) + 1) & 0xFFFF_FFFFL);
    assertThat((int) next.salts()).isNotEqualTo((int) first.salts());
  }

  @Test
  void checkpointThatWaitsGoesOnOnceThePinAllowsIt() throws Exception {
    SimDatabase database = walDatabase(new SplittableRandom(2));
    SimSource source = database.openSource();
    database.commit();

    assertThat(database.checkpoint(SimLog.Mode.RESTART).busy()).isTrue();
    assertThat(database.refusedInARow()).isEqualTo(1);
    assertThat(database.waitFor(SimLog.Mode.TRUNCATE)).isFalse();
    assertThat(source.checkpointerIsWaiting()).isTrue();
    assertThat(database.commit()).isEmpty();
    assertThat(source.pin().allowOneReset(source.header().orElseThrow())).isTrue();

    assertThat(database.retry()).isTrue();
    assertThat(source.walStat().size()).isZero();
    assertThat(source.header().orElseThrow().mxFrame()).isZero();
    assertThat(database.refusedInARow()).isZero();
    assertThat(database.commit()).isPresent();
  }

  @Test
  void powerLossLeavesACommittedState() {
    int lost = 0;
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDatabase database = walDatabase(random);
      for (int i = 0; i < 60; i++) {
        act(database, random);
      }
      int before = database.history().line().size();
      database.losePower();
      SimState after = database.history().current().orElseThrow();
      lost += before - database.history().line().size();

      database.open();
      database.close();
      assertThat(database.databaseBytes()).as("seed %d", seed).isEqualTo(after.image());
      assertThat(database.walBytes()).isEmpty();
    }
    assertThat(lost).isPositive();
  }

  @Test
  void whatTheSourceSyncedIsNotLost() throws Exception {
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDatabase database = walDatabase(random);
      SimSource source = database.openSource();
      for (int i = 0; i < 20; i++) {
        database.commit();
      }
      source.syncWal();
      SimState synced = database.history().current().orElseThrow();
      database.commit();
      database.commit();

      database.losePower();

      assertThat(database.history().isPresent(synced)).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void whatIsNoWalDatabaseIsRefused() throws Exception {
    SimDatabase database = new SimDatabase(PAGE_SIZE, () -> millis, new SplittableRandom(3));
    assertThatThrownBy(database::openSource).isInstanceOf(NoSuchFileException.class);
    database.open();
    assertThatThrownBy(database::openSource)
        .isInstanceOfSatisfying(
            UnsuitableDatabaseException.class,
            e -> assertThat(e.reason()).isEqualTo(UnsuitableDatabaseException.Reason.EMPTY));
    database.journalMode(false);
    database.commit();
    assertThatThrownBy(database::openSource)
        .isInstanceOfSatisfying(
            UnsuitableDatabaseException.class,
            e ->
                assertThat(e.reason())
                    .isEqualTo(UnsuitableDatabaseException.Reason.ROLLBACK_JOURNAL));
    database.journalMode(true);
    SimSource source = database.openSource();
    assertThat(source.pin().state()).isEqualTo(State.NO_RESET);
    assertThat(database.journalMode(false)).as("while attached").isFalse();
    source.close();
    assertThat(database.changePageSize(1_024)).isTrue();
    assertThat(database.openSource().pageSize()).isEqualTo(1_024);
  }

  @Test
  void otherFilesAreNoticed() throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    SimDatabase database = walDatabase(random);
    SimState old = database.commit().orElseThrow();
    database.commit();
    SimSource source = database.openSource();
    assertThat(source.stillSameFiles()).isTrue();
    long ino = source.databaseStat().ino();

    database.replace(old, false);

    assertThat(source.stillSameFiles()).isFalse();
    source.close();
    database.open();
    SimSource next = database.openSource();
    assertThat(next.databaseStat().ino()).isNotEqualTo(ino);
    assertThat(database.copy(() -> millis, random).openSource().databaseStat())
        .isEqualTo(next.databaseStat());
    next.kill();
    database.delete();
    assertThat(database.exists()).isFalse();
    assertThat(database.history().current()).isEmpty();
    database.open();
    database.journalMode(true);
    assertThat(database.openSource().databaseStat().ino()).isNotEqualTo(ino);
  }
}
