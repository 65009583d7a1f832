package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The store is away for an hour, and the application writes.
class SimOutageTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long QUOTA = 16 << 20;
  private static final int COMMITS = 1_200;
  private static final int CHECKPOINT_EVERY = 10;
  private static final long WAL_BYTES_MAX = 4 << 20;

  private final SimWorld world = new SimWorld(3, true, false);
  private final SimMachine machine = world.machine();
  private final List<SimState> committed = new ArrayList<>();

  /// A commit every three seconds, and checkpoints as SQLite makes them by itself.
  private void write(int commits) {
    for (int i = 0; i < commits; i++) {
      committed.add(machine.database().commit().orElseThrow());
      if (i % CHECKPOINT_EVERY == 0) {
        machine.database().checkpoint(SimLog.Mode.PASSIVE);
      }
      rest();
      world.pass(3 * SECOND);
      rest();
    }
  }

  private void rest() {
    for (int i = 0; i < 30 || world.threads().isBusy(); i++) {
      world.step();
    }
  }

  private DatabaseStatus status() {
    return machine.status().orElseThrow();
  }

  private void start(long quota) {
    machine.spoolQuota(quota);
    machine.start(Duration.ofSeconds(1), Optional.of(Duration.ofMillis(100)), Optional.empty());
    write(2);
    assertThat(status().lagTransactions()).isZero();
  }

  @Test
  void nothingIsLostAndEveryCommitKeepsItsOwnPosition() {
    start(QUOTA);
    Position before = world.judge().head();
    committed.clear();
    long began = world.threads().nanos();

    world.store().weather(SimWeather.AWAY);
    write(COMMITS);

    assertThat(status().state()).isEqualTo(ShipperState.OUTAGE);
    assertThat(status().lagTransactions()).isEqualTo(COMMITS);
    long awayMillis = (world.threads().nanos() - began) / 1_000_000;
    assertThat(status().lagMillis()).isBetween(awayMillis - 10_000, awayMillis);
    assertThat(status().stored()).contains(before);
    assertThat(status().spoolBytes()).isBetween(1L, QUOTA);
    assertThat(status().problem().orElseThrow()).contains("UNAVAILABLE");
    assertThat(machine.database().walBytes().length).isLessThan((int) WAL_BYTES_MAX);
    assertThat(world.judge().head()).isEqualTo(before);

    world.store().weather(SimWeather.FAIR);
    world.pass(60 * SECOND);
    world.until("stored", () -> status().lagTransactions() == 0);

    assertThat(status().state()).isEqualTo(ShipperState.SHIPPING);
    assertThat(world.judge().head().txid().value()).isEqualTo(before.txid().value() + COMMITS);
    for (int i = 0; i < COMMITS; i++) {
      assertThat(world.judge().at(before.txid().value() + 1 + i).orElseThrow().checksum())
          .as("commit %d", i)
          .isEqualTo(committed.get(i).checksum());
    }
  }

  @Test
  void beyondTheQuotaTheApplicationGoesOnAndTheRestIsOneResync() {
    start(32 << 10);
    Position before = world.judge().head();

    world.store().weather(SimWeather.AWAY);
    write(COMMITS);

    assertThat(status().spoolBytes()).isLessThan(512L << 10);
    assertThat(machine.database().walBytes().length).isLessThan((int) WAL_BYTES_MAX);
    assertThat(status().problem()).isPresent();

    world.store().weather(SimWeather.FAIR);
    SimState last = committed.getLast();
    world.pass(60 * SECOND);
    world.until("stored", () -> world.judge().head().checksum().equals(last.checksum()));

    assertThat(world.judge().head().txid().value())
        .as("the positions in between are lost, and only they")
        .isBetween(before.txid().value() + 2, before.txid().value() + COMMITS - 1);
    assertThat(machine.isFenced()).isFalse();
  }
}
