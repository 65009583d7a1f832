package dev.tidemark.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.MeteredStore;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.StoreMeter;
import dev.tidemark.store.testing.MemoryStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadBackStoreTest {
  private static final int MIB = 1 << 20;
  private static final long BYTES_A_DAY = 240L * MIB;

  /// A clock that only pauses move, and the test.
  private static final class Clock implements Pauses {
    private long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void pause(Duration length) {
      nanos += length.toNanos();
    }
  }

  private final Clock clock = new Clock();
  private final MemoryStore objects = new MemoryStore();
  private final StoreMeter meter = new StoreMeter();
  private final ReadBackStore store =
      new ReadBackStore(new MeteredStore(objects, meter), new ProofBudget(BYTES_A_DAY, 0), clock);

  @Test
  void waitsUntilTheBudgetHasTheBytes() throws Exception {
    objects.objects().put("a", new byte[MIB]);
    for (int i = 0; i < 240; i++) {
      store.get("a", new ByteRange.Part(0, MIB));
    }
    assertThat(Duration.ofNanos(clock.nanos)).isBetween(Duration.ofHours(23), Duration.ofHours(25));
    assertThat(meter.bytesDown()).isEqualTo(BYTES_A_DAY);
  }

  @Test
  void paysForWhatWasThereAndNotForWhatWasAskedFor() throws Exception {
    objects.objects().put("a", new byte[10]);
    for (int i = 0; i < 1_000; i++) {
      store.get("a", new ByteRange.Last(MIB));
      store.get("none", new ByteRange.Last(MIB));
    }
    assertThat(clock.nanos).isZero();
    assertThat(meter.bytesDown()).isEqualTo(10_000);
  }

  @Test
  void restsAsLongAsWasWorkedButNotLong() throws Exception {
    objects.objects().put("a", new byte[10]);
    store.get("a", new ByteRange.Part(0, 10));
    clock.nanos += 40_000_000;
    store.get("a", new ByteRange.Part(0, 10));
    assertThat(clock.nanos).isEqualTo(80_000_000);
    clock.nanos += 3_600_000_000_000L;
    store.get("a", new ByteRange.Part(0, 10));
    assertThat(clock.nanos).isLessThan(3_600_000_000_000L + 400_000_000);
  }

  @Test
  void changesNothingInTheStore() {
    assertThatThrownBy(() -> store.put("a", Body.of(new byte[1])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.putIfAbsent("a", Body.of(new byte[1])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.delete("a")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.deleteAll(List.of("a")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(objects.objects()).isEmpty();
  }
}
