package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.testing.FaultyStore;
import dev.tidemark.store.testing.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeteredStoreTest {
  private static final Body BODY = Body.of(new byte[1_000]);

  private final StoreMeter meter = new StoreMeter();
  private final MemoryStore memory = new MemoryStore();
  private final ObjectStore store = new MeteredStore(memory, meter);

  @Test
  void eachKindIsCountedForItself() throws Exception {
    store.put("a", BODY);
    store.putIfAbsent("a", BODY);
    store.putIfAbsent("b", BODY);
    store.get("a", new ByteRange.Last(1));
    store.get("none");
    store.head("a");
    store.list("", "");
    store.delete("a");
    store.deleteAll(List.of("a", "b", "c"));
    store.insight().serverTime();
    assertThat(meter.requests(StoreRequest.PUT)).isEqualTo(1);
    assertThat(meter.requests(StoreRequest.PUT_IF_ABSENT)).isEqualTo(2);
    assertThat(meter.requests(StoreRequest.GET)).isEqualTo(2);
    assertThat(meter.requests(StoreRequest.HEAD)).isEqualTo(1);
    assertThat(meter.requests(StoreRequest.LIST)).isEqualTo(1);
    assertThat(meter.requests(StoreRequest.DELETE)).isEqualTo(1);
    assertThat(meter.requests(StoreRequest.DELETE_MANY)).isEqualTo(1);
    assertThat(meter.requests(StoreRequest.INSIGHT)).isEqualTo(1);
    assertThat(meter.requests()).isEqualTo(10);
    assertThat(memory.objects()).isEmpty();
  }

  @Test
  void bytesAreThoseThatWentOverTheLine() throws Exception {
    store.put("a", BODY);
    store.putIfAbsent("a", BODY);
    assertThat(meter.bytesUp()).isEqualTo(2_000);
    store.get("a", new ByteRange.Part(990, 100));
    assertThat(meter.bytesDown()).isEqualTo(10);
    try (StoredObject object = store.get("a").orElseThrow()) {
      object.content().read();
      object.content().skipNBytes(9);
      object.content().readNBytes(30);
    }
    assertThat(meter.bytesDown()).isEqualTo(50);
    try (StoredObject object = store.get("a").orElseThrow()) {
      object.content().readAllBytes();
    }
    assertThat(meter.bytesDown()).isEqualTo(1_050);
  }

  @Test
  void whatFailsIsCountedToo() {
    FaultyStore away =
        new FaultyStore(memory, new Random(1), new FaultyStore.Faults(0, 0, 1, 0, 0));
    ObjectStore metered = new MeteredStore(away, meter);
    assertThatThrownBy(() -> metered.head("a")).isInstanceOf(StoreException.class);
    assertThat(meter.requests(StoreRequest.HEAD)).isEqualTo(1);
  }

  @Test
  void nothingIsLostAmongThreads() throws Exception {
    memory.put("a", new byte[3]);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int n = 0; n < 1_000; n++) {
                    store.get("a", new ByteRange.Last(3));
                  }
                } catch (StoreException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(meter.requests()).isEqualTo(8_000);
    assertThat(meter.bytesDown()).isEqualTo(24_000);
  }
}
