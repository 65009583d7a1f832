package dev.tidemark.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tidemark.ltx.Txid;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.RestoreTarget;
import dev.tidemark.store.testing.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Harms each object in each way. A restore gives the true bytes, from other objects, or refuses; a
/// verification names the object.
class DamageTest {
  enum Damage {
    CUT_SHORT,
    CUT_AT_HALF,
    EMPTIED,
    BIT_FLIPPED,
    BIT_OF_THE_INDEX_FLIPPED,
    LONGER,
    SWAPPED,
    DELETED
  }

  private static final int COUNT = 40;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void segmentsAlone(Damage damage) throws Exception {
    harmEach(new TestLog(21, 512, COUNT).segments(), 1, damage);
  }

  @ParameterizedTest
  @EnumSource
  void segmentsAndCovers(Damage damage) throws Exception {
    harmEach(new TestLog(22, 1024, COUNT).segments().covers(), 1, damage);
  }

  @ParameterizedTest
  @EnumSource
  void coversBelowABoundary(Damage damage) throws Exception {
    TestLog log = new TestLog(23, 4096, COUNT).segments().covers();
    harmEach(log, log.boundary(), damage);
  }

  private void harmEach(TestLog log, int boundary, Damage damage) throws Exception {
    Random random = new Random(damage.name().hashCode());
    List<String> keys = objects(log.store, boundary);
    for (String key : keys) {
      MemoryStore store = log.store.copy();
      String other = keys.get((keys.indexOf(key) + 1) % keys.size());
      harm(store, key, other, damage, random);
      boolean isLastSlotGone = damage == Damage.DELETED && key.equals(lastSlot(keys));
      int promised = isLastSlotGone ? log.cuts.get(log.cuts.size() - 2) : COUNT;
      for (int txid :
          new int[] {boundary, boundary + 3, (boundary + COUNT) / 2, COUNT - 9, COUNT}) {
        if (txid <= promised) {
          check(log, store, txid, key, damage);
        }
      }
      if (!isLastSlotGone) {
        verify(store, key, damage);
      }
    }
  }

  private void check(TestLog log, MemoryStore store, int txid, String key, Damage damage)
      throws Exception {
    String what = damage + " " + key + " txid " + txid;
    Path out = dir.resolve("app.db");
    boolean isStanding = txid == COUNT;
    if (isStanding) {
      Files.writeString(out, "untouched");
    }
    try {
      new Restore(store, isStanding ? RestoreOptions.DEFAULT.withForce() : RestoreOptions.DEFAULT)
          .run(new RestoreTarget.AtTxid(new Txid(txid)), out);
      assertThat(Files.readAllBytes(out)).as(what).isEqualTo(log.history.file(txid));
      Files.delete(out);
    } catch (DamagedLogException e) {
      if (isStanding) {
        assertThat(out).as(what).hasContent("untouched");
        Files.delete(out);
      }
      assertThat(e.getMessage()).as(what).contains("last good position: ", "lost: transactions");
      if (damage != Damage.SWAPPED && isSlotBehind(key, txid)) {
        fail(what + " does not need it", e);
      }
    }
    assertThat(names()).as(what).isEmpty();
  }

  private void verify(MemoryStore store, String key, Damage damage) throws Exception {
    VerifyResult result = new Verify(store, dir, 4, ReadListener.NONE).run();
    boolean isCover = !key.startsWith(ObjectKey.LOG);
    if (damage == Damage.DELETED && isCover) {
      // A cover is only missed where nothing else leads.
      return;
    }
    assertThat(result.ok()).as("%s %s", damage, key).isFalse();
    assertThat(result.problems())
        .as("%s %s", damage, key)
        .anyMatch(problem -> problem.key().equals(key));
  }

  private static boolean isSlotBehind(String key, int txid) {
    return key.startsWith(ObjectKey.LOG) && Long.parseLong(key.substring(4, 20), 16) > txid;
  }

  private static String lastSlot(List<String> keys) {
    return keys.stream().filter(k -> k.startsWith(ObjectKey.LOG)).toList().getLast();
  }

  private static List<String> objects(MemoryStore store, int boundary) {
    return store.objects().keySet().stream()
        .filter(k -> ObjectKey.parse(k).isPresent())
        .filter(k ->
            boundary == 1
                || !k.startsWith(ObjectKey.LOG)
                || Long.parseLong(k.substring(4, 20), 16) > boundary)
        .toList();
  }

  private static void harm(
      MemoryStore store, String key, String other, Damage damage, Random random) {
    byte[] bytes = store.bytes(key);
    switch (damage) {
      case CUT_SHORT -> bytes = Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(50));
      case CUT_AT_HALF -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
      case EMPTIED -> bytes = new byte[0];
      case BIT_FLIPPED -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case BIT_OF_THE_INDEX_FLIPPED ->
          bytes[bytes.length - 1 - random.nextInt(120)] ^= (byte) (1 << random.nextInt(8));
      case LONGER -> bytes = Arrays.copyOf(bytes, bytes.length + 7);
      case SWAPPED -> {
        store.objects().put(key, store.bytes(other));
        store.objects().put(other, bytes);
        return;
      }
      case DELETED -> {
        store.objects().remove(key);
        return;
      }
    }
    store.objects().put(key, bytes);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
