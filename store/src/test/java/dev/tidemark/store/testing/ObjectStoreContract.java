package dev.tidemark.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.ListPage;
import dev.tidemark.store.Listed;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoredObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every [ObjectStore] promises. A test class inherits it and supplies an empty store for each
/// test.
public abstract class ObjectStoreContract extends StoreUnderTest {
  private static final byte[] HELLO = "hello, store".getBytes(StandardCharsets.UTF_8);

  @Test
  void absentObjectIsAnEmptyAnswer() throws Exception {
    assertThat(store.get("log/none")).isEmpty();
    assertThat(store.get("log/none", new ByteRange.Part(0, 10))).isEmpty();
    assertThat(store.get("log/none", new ByteRange.Last(10))).isEmpty();
    assertThat(store.head("log/none")).isEmpty();
  }

  @Test
  void storedObjectComesBack() throws Exception {
    assertThat(store.putIfAbsent("log/a", Body.of(HELLO))).isEqualTo(PutOutcome.STORED);
    assertThat(bytes("log/a")).isEqualTo(HELLO);
    assertThat(store.head("log/a")).hasValue(HELLO.length);
  }

  @Test
  void secondPutIfAbsentIsRefusedAndChangesNothing() throws Exception {
    assertThat(store.putIfAbsent("log/a", Body.of(HELLO))).isEqualTo(PutOutcome.STORED);
    assertThat(store.putIfAbsent("log/a", Body.of(new byte[] {1, 2})))
        .isEqualTo(PutOutcome.PRESENT);
    assertThat(store.putIfAbsent("log/a", Body.of(HELLO))).isEqualTo(PutOutcome.PRESENT);
    assertThat(bytes("log/a")).isEqualTo(HELLO);
  }

  @Test
  void exactlyOneOfManyWritersWins() throws Exception {
    for (int round = 0; round < 5; round++) {
      String key = "log/duel-" + round;
      List<PutOutcome> outcomes =
          atOnce(8, n -> store.putIfAbsent(key, Body.of(new byte[] {(byte) n, 7})));
      assertThat(outcomes).filteredOn(PutOutcome.STORED::equals).hasSize(1);
      assertThat(bytes(key)[0]).isEqualTo((byte) outcomes.indexOf(PutOutcome.STORED));
    }
  }

  @Test
  void putReplaces() throws Exception {
    store.put("replicas/r1.json", Body.of(HELLO));
    store.put("replicas/r1.json", Body.of(new byte[] {9}));
    assertThat(bytes("replicas/r1.json")).containsExactly(9);
    assertThat(store.putIfAbsent("replicas/r1.json", Body.of(HELLO))).isEqualTo(PutOutcome.PRESENT);
  }

  @Test
  void emptyObjectIsAnObject() throws Exception {
    assertThat(store.putIfAbsent("pins/empty", Body.of(new byte[0]))).isEqualTo(PutOutcome.STORED);
    assertThat(store.head("pins/empty")).hasValue(0);
    assertThat(bytes("pins/empty")).isEmpty();
    assertSlice("pins/empty", new ByteRange.Last(100), new byte[0], 0);
    assertSlice("pins/empty", new ByteRange.Part(0, 100), new byte[0], 0);
    assertThat(store.putIfAbsent("pins/empty", Body.of(HELLO))).isEqualTo(PutOutcome.PRESENT);
  }

  @Test
  void partsAreCutAtTheObjectsEnds() throws Exception {
    byte[] all = random(10_000, 1);
    store.put("log/a", Body.of(all));
    assertSlice("log/a", new ByteRange.Part(0, 10), sub(all, 0, 10), 10_000);
    assertSlice("log/a", new ByteRange.Part(9_000, 500), sub(all, 9_000, 9_500), 10_000);
    assertSlice("log/a", new ByteRange.Part(9_990, 500), sub(all, 9_990, 10_000), 10_000);
    assertSlice("log/a", new ByteRange.Part(0, 20_000), all, 10_000);
    assertSlice("log/a", new ByteRange.Part(10_000, 5), new byte[0], 10_000);
    assertSlice("log/a", new ByteRange.Part(99_999, 5), new byte[0], 10_000);
    assertSlice("log/a", new ByteRange.Part(5, 0), new byte[0], 10_000);
  }

  @Test
  void lastBytesAreCutAtTheObjectsBeginning() throws Exception {
    byte[] all = random(10_000, 2);
    store.put("log/a", Body.of(all));
    assertSlice("log/a", new ByteRange.Last(1), sub(all, 9_999, 10_000), 10_000);
    assertSlice("log/a", new ByteRange.Last(10_000), all, 10_000);
    assertSlice("log/a", new ByteRange.Last(65_536), all, 10_000);
    assertSlice("log/a", new ByteRange.Last(0), new byte[0], 10_000);
  }

  @Test
  void deletedObjectIsAbsentAndCanBeMadeAgain() throws Exception {
    store.put("merged/1/a", Body.of(HELLO));
    store.delete("merged/1/a");
    store.delete("merged/1/a");
    store.delete("merged/1/never");
    assertThat(store.get("merged/1/a")).isEmpty();
    assertThat(keys("")).isEmpty();
    assertThat(store.putIfAbsent("merged/1/a", Body.of(HELLO))).isEqualTo(PutOutcome.STORED);
  }

  @Test
  void listIsInByteOrderOfWholeKeys() throws Exception {
    List<String> sorted =
        List.of(
            "a-b/x",
            "a.txt",
            "a/b",
            "a/b-c/d",
            "a/b.d",
            "a0",
            "b/Z",
            "b/a",
            "b/é",
            "database.json");
    List<String> mixed = new ArrayList<>(sorted);
    java.util.Collections.shuffle(mixed, new Random(3));
    for (String key : mixed) {
      store.put(key, Body.of(HELLO));
    }
    assertThat(keys("")).containsExactlyElementsOf(sorted);
    assertThat(keys("a/")).containsExactly("a/b", "a/b-c/d", "a/b.d");
    assertThat(keys("a/b")).containsExactly("a/b", "a/b-c/d", "a/b.d");
    assertThat(keys("b/a")).containsExactly("b/a");
    assertThat(keys("nothing/")).isEmpty();
    Listed listed = store.list("a.", "").objects().getFirst();
    assertThat(listed).isEqualTo(new Listed("a.txt", HELLO.length, listed.storedAt()));
  }

  // The store's clock is this machine's here; S3 tells it to the second.
  @Test
  void listTellsWhenEachObjectWasStored() throws Exception {
    Instant before = Instant.now().minusSeconds(2);
    store.putIfAbsent("log/a", Body.of(HELLO));
    store.put("log/b", Body.of(HELLO));
    store.put("log/b", Body.of(new byte[] {1}));
    Instant after = Instant.now().plusSeconds(2);
    assertThat(store.list("log/", "").objects())
        .hasSize(2)
        .allSatisfy(listed -> assertThat(listed.storedAt()).isBetween(before, after));
  }

  @Test
  void manyAreDeletedAtOnceAndOthersStay() throws Exception {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      store.put("log/" + i, Body.of(HELLO));
      some.add("log/" + i);
    }
    store.put("log/3 0", Body.of(HELLO));
    store.put("log/ä&<b>", Body.of(HELLO));
    some.add("log/3 0");
    some.add("log/ä&<b>");
    some.add("log/never");
    some.add("log/0");
    some.remove("log/7");
    assertThat(store.deleteAll(some)).isEmpty();
    assertThat(keys("")).containsExactly("log/7");
    assertThat(store.deleteAll(some)).isEmpty();
    assertThat(store.deleteAll(List.of())).isEmpty();
    assertThat(keys("")).containsExactly("log/7");
  }

  @Test
  void moreAreDeletedThanFitIntoARequest() throws Exception {
    store.put("log/0007", Body.of(HELLO));
    store.put("log/2500", Body.of(HELLO));
    store.put("log/9999", Body.of(HELLO));
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 2_600; i++) {
      keys.add("log/%04d".formatted(i));
    }
    assertThat(store.deleteAll(keys)).isEmpty();
    assertThat(keys("")).containsExactly("log/9999");
  }

  @Test
  void noneIsDeletedWhenOneIsNoKey() throws Exception {
    store.put("log/a", Body.of(HELLO));
    assertThatThrownBy(() -> store.deleteAll(List.of("log/a", "../b")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(keys("")).containsExactly("log/a");
  }

  @Test
  void listGoesOnAfterAnyKey() throws Exception {
    for (String key : List.of("log/1", "log/3", "log/5/x", "log/7", "merged/1")) {
      store.put(key, Body.of(HELLO));
    }
    assertThat(after("log/", "log/1")).containsExactly("log/3", "log/5/x", "log/7");
    assertThat(after("log/", "log/2")).containsExactly("log/3", "log/5/x", "log/7");
    assertThat(after("log/", "log/5")).containsExactly("log/5/x", "log/7");
    assertThat(after("log/", "log/5/x")).containsExactly("log/7");
    assertThat(after("log/", "log/7")).isEmpty();
    assertThat(after("log/", "zzz")).isEmpty();
    assertThat(after("log/", "a")).containsExactly("log/1", "log/3", "log/5/x", "log/7");
    assertThat(after("", "log/6")).containsExactly("log/7", "merged/1");
  }

  @Test
  void longListComesInPages() throws Exception {
    int count = 1_203;
    List<Callable<PutOutcome>> puts = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = "log/" + java.util.HexFormat.of().toHexDigits(i);
      expected.add(key);
      puts.add(() -> store.putIfAbsent(key, Body.of(new byte[] {1})));
    }
    try (ExecutorService writers = Executors.newFixedThreadPool(4)) {
      for (Future<PutOutcome> put : writers.invokeAll(puts)) {
        assertThat(put.get()).isEqualTo(PutOutcome.STORED);
      }
    }
    ListPage first = store.list("log/", "");
    assertThat(first.more()).isTrue();
    assertThat(first.objects()).hasSizeBetween(1, 1_000);
    assertThat(keys("log/")).containsExactlyElementsOf(expected);
  }

  @Test
  void streamMayBeClosedEarly() throws Exception {
    byte[] all = random(3 << 20, 4);
    store.put("log/big", Body.of(all));
    for (int i = 0; i < 10; i++) {
      try (StoredObject object = store.get("log/big").orElseThrow()) {
        assertThat(object.size()).isEqualTo(all.length);
        assertThat(object.content().readNBytes(100)).isEqualTo(sub(all, 0, 100));
      }
    }
    assertThat(bytes("log/big")).isEqualTo(all);
  }

  @Test
  void keysThatLeaveTheRootAreRefused() {
    for (String key :
        List.of("", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/.", ".tmp/x", "a\nb")) {
      assertThatThrownBy(() -> store.put(key, Body.of(HELLO)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.get(key)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void bodyThatCannotBeReadStoresNothing() throws Exception {
    Body broken = BrokenBodies.failingAfter(70_000, 100_000);
    assertThatThrownBy(() -> store.putIfAbsent("log/a", broken))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    Body cut = BrokenBodies.shorterThanSaid(70_000, 100_000);
    assertThatThrownBy(() -> store.put("log/a", cut)).isInstanceOf(StoreException.class);
    assertThat(store.get("log/a")).isEmpty();
  }

  private void assertSlice(String key, ByteRange range, byte[] expected, long objectSize)
      throws Exception {
    Slice slice = store.get(key, range).orElseThrow();
    assertThat(slice.bytes()).as("%s of %s", range, key).isEqualTo(expected);
    assertThat(slice.objectSize()).isEqualTo(objectSize);
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] sub(byte[] all, int from, int to) {
    return java.util.Arrays.copyOfRange(all, from, to);
  }
}
