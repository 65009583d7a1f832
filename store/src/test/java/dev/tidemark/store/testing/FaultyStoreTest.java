package dev.tidemark.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import dev.tidemark.store.testing.FaultyStore.Faults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaultyStoreTest {
  private static final Body BODY = Body.of(new byte[1_000]);

  private final MemoryStore memory = new MemoryStore();

  private ObjectStore with(Faults faults) {
    return new FaultyStore(memory, new Random(1), faults);
  }

  @Test
  void lostRequestHasNoEffect() throws Exception {
    ObjectStore store = with(new Faults(1, 0, 0, 0, 0));
    assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.UNCLEAR);
    assertThatThrownBy(() -> store.put("log/a", BODY)).isInstanceOf(StoreException.class);
    assertThat(memory.head("log/a")).isEmpty();
  }

  @Test
  void lostAnswerComesAfterTheEffect() throws Exception {
    ObjectStore store = with(new Faults(0, 1, 0, 0, 0));
    assertThat(store.putIfAbsent("log/a", BODY)).isEqualTo(PutOutcome.UNCLEAR);
    assertThat(memory.head("log/a")).hasValue(1_000);
    assertThatThrownBy(() -> store.delete("log/a")).isInstanceOf(StoreException.class);
    assertThat(memory.head("log/a")).isEmpty();
  }

  @Test
  void staleListLacksOnlyWhatWasStoredLately() throws Exception {
    memory.put("log/0", BODY);
    ObjectStore store = with(new Faults(0, 0, 0, 1, 0));
    store.putIfAbsent("log/1", BODY);
    assertThat(store.list("log/", "").objects())
        .extracting(object -> object.key())
        .containsExactly("log/0");
  }

  @Test
  void truncatedDownloadBreaksOff() throws Exception {
    memory.put("log/a", BODY);
    try (StoredObject object = with(new Faults(0, 0, 0, 0, 1)).get("log/a").orElseThrow()) {
      assertThatThrownBy(() -> object.content().readAllBytes()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void sameSeedFailsTheSameWay() throws Exception {
    assertThat(outcomes(7)).isEqualTo(outcomes(7)).isNotEqualTo(outcomes(8));
  }

  private static List<String> outcomes(long seed) throws InterruptedException {
    ObjectStore store = new FaultyStore(new MemoryStore(), new Random(seed), Faults.all(0.3));
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      try {
        outcomes.add(store.putIfAbsent("log/" + i % 7, BODY).toString());
      } catch (StoreException e) {
        outcomes.add(e.getMessage());
      }
    }
    return outcomes;
  }
}
