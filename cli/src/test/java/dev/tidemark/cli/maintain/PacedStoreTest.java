package dev.tidemark.cli.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.Pauses;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.MemoryStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacedStoreTest {
  private static final int MIB = 1 << 20;

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
  private final PacedStore store = new PacedStore(objects, new Pace(Rate.parse("2MiB"), clock));

  @Test
  void movesNoMoreThanTheRateInWhateverWay() throws Exception {
    store.put("a", Body.of(new byte[4 * MIB]));
    assertThat(seconds()).as("put").isEqualTo(2);
    store.putIfAbsent("b", Body.of(new byte[MIB]));
    assertThat(seconds()).as("put if absent").isEqualTo(2.5);
    try (StoredObject object = store.get("a").orElseThrow()) {
      assertThat(object.content().readAllBytes()).hasSize(4 * MIB);
    }
    assertThat(seconds()).as("get").isEqualTo(4.5);
    store.get("a", new ByteRange.Part(0, MIB));
    store.get("a", new ByteRange.Last(MIB));
    assertThat(seconds()).as("parts").isEqualTo(5.5);
  }

  @Test
  void savesNothingUp() throws Exception {
    store.put("a", Body.of(new byte[2 * MIB]));
    clock.nanos += Duration.ofHours(1).toNanos();
    double before = seconds();
    store.get("a", new ByteRange.Part(0, 2 * MIB));
    assertThat(seconds() - before).isEqualTo(1);
  }

  @Test
  void whatMovesNoObjectDoesNotWait() throws Exception {
    store.list("", "");
    store.head("a");
    store.get("a", new ByteRange.Part(0, MIB));
    store.delete("a");
    assertThat(clock.nanos).isZero();
  }

  @Test
  void refusesARateThatNoRequestSurvives() {
    assertThatThrownBy(() -> Rate.parse("1MB"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1000000 bytes a second are too few; give at least 1MiB");
  }

  private double seconds() {
    return Math.round(clock.nanos / 1e6) / 1e3;
  }
}
