package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.testing.FaultyStore;
import dev.tidemark.store.testing.FaultyStore.Faults;
import dev.tidemark.store.testing.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryingStoreTest {
  private static final Faults OUTAGE = new Faults(0, 0, 1, 0, 0);
  private static final RetryPolicy POLICY =
      new RetryPolicy(6, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(60));

  private final MemoryStore memory = new MemoryStore();
  private final FaultyStore faulty = new FaultyStore(memory, new Random(1), OUTAGE);
  private final Clock clock = new Clock();

  /// Time that passes only in pauses; can end the outage or interrupt at one of them.
  private final class Clock implements Pauses {
    private final List<Duration> pauses = new ArrayList<>();
    private int healedAt = Integer.MAX_VALUE;
    private int interruptedAt = Integer.MAX_VALUE;
    private long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void pause(Duration length) throws InterruptedException {
      pauses.add(length);
      now += length.toNanos();
      if (pauses.size() == interruptedAt) {
        throw new InterruptedException();
      }
      if (pauses.size() == healedAt) {
        faulty.faults(Faults.NONE);
      }
    }
  }

  private ObjectStore retrying(RetryPolicy policy) {
    return new RetryingStore(faulty, policy, clock, new Random(2));
  }

  @Test
  void goesOnWhenTheOutageEnds() throws Exception {
    clock.healedAt = 3;
    ObjectStore store = retrying(POLICY);
    store.put("log/a", Body.of(new byte[] {1}));
    assertThat(memory.head("log/a")).hasValue(1);
    assertThat(clock.pauses).hasSize(3);
  }

  @Test
  void everyReadAndTheDeleteAreRepeated() throws Exception {
    memory.put("log/a", Body.of(new byte[] {1}));
    List<ThrowingCall> calls =
        List.of(
            store -> assertThat(store.get("log/a")).isPresent(),
            store -> assertThat(store.get("log/a", new ByteRange.Last(1))).isPresent(),
            store -> assertThat(store.head("log/a")).hasValue(1),
            store -> assertThat(store.list("", "").objects()).hasSize(1),
            store -> store.delete("log/a"));
    for (ThrowingCall call : calls) {
      faulty.faults(OUTAGE);
      clock.pauses.clear();
      clock.healedAt = 2;
      call.run(retrying(POLICY));
      assertThat(clock.pauses).hasSize(2);
    }
    assertThat(memory.head("log/a")).isEmpty();
  }

  @Test
  void whatWasDeletedIsNotAskedForAgain() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      keys.add("log/" + i);
      memory.put("log/" + i, new byte[1]);
    }
    memory.put("log/other", new byte[1]);
    StoreMeter meter = new StoreMeter();
    clock.healedAt = 2;
    ObjectStore store =
        new RetryingStore(new MeteredStore(faulty, meter), POLICY, clock, new Random(2));
    assertThat(store.deleteAll(keys)).isEmpty();
    assertThat(memory.objects()).containsOnlyKeys("log/other");
    assertThat(meter.requests(StoreRequest.DELETE_MANY)).isEqualTo(3 + 2);
  }

  private interface ThrowingCall {
    void run(ObjectStore store) throws Exception;
  }

  @Test
  void putIfAbsentIsNeverRepeated() throws Exception {
    clock.healedAt = 1;
    assertThatThrownBy(() -> retrying(POLICY).putIfAbsent("log/a", Body.of(new byte[1])))
        .isInstanceOf(StoreException.class);
    faulty.faults(new Faults(1, 0, 0, 0, 0));
    assertThat(retrying(POLICY).putIfAbsent("log/a", Body.of(new byte[1])))
        .isEqualTo(PutOutcome.UNCLEAR);
    assertThat(memory.head("log/a")).isEmpty();
    assertThat(clock.pauses).isEmpty();
  }

  @Test
  void pausesDoubleWithinTheirBoundsAndAttemptsEnd() {
    assertThatThrownBy(() -> retrying(POLICY).get("log/a"))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    long[] full = {100, 200, 400, 800, 1_000};
    assertThat(clock.pauses).hasSize(full.length);
    for (int i = 0; i < full.length; i++) {
      assertThat(clock.pauses.get(i))
          .isBetween(Duration.ofMillis(full[i] / 2), Duration.ofMillis(full[i]));
    }
  }

  @Test
  void stopsBeforeTheTotalTimeIsExceeded() {
    Duration total = Duration.ofMillis(1_500);
    RetryPolicy brief =
        new RetryPolicy(1_000, Duration.ofMillis(100), Duration.ofSeconds(1), total);
    assertThatThrownBy(() -> retrying(brief).head("log/a")).isInstanceOf(StoreException.class);
    assertThat(Duration.ofNanos(clock.now)).isLessThanOrEqualTo(total);
    assertThat(clock.pauses).hasSizeBetween(3, 7);
  }

  @Test
  void refusalIsNotRepeated(@TempDir Path dir) {
    ObjectStore local =
        new LocalStore(dir.resolve("none"), false, new dev.tidemark.ltx.Id128(1, 2));
    ObjectStore store = new RetryingStore(local, POLICY, clock, RandomGenerator.getDefault());
    assertThatThrownBy(() -> store.get("log/a"))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.REFUSED));
    assertThat(clock.pauses).isEmpty();
  }

  @Test
  void interruptionPassesThrough() {
    clock.interruptedAt = 2;
    assertThatThrownBy(() -> retrying(POLICY).get("log/a"))
        .isInstanceOf(InterruptedException.class);
    assertThat(clock.pauses).hasSize(2);
  }
}
