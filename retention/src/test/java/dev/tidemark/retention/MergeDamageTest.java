package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.Chain;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectGoneException;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PassingStore;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.Slice;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.testing.CountingStore;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeDamageTest {
  private static final MergeLimits SMALL = new MergeLimits(2, 2 * 512, 1);

  @TempDir Path scratch;

  @AfterEach
  void leavesNothingBehind() throws IOException {
    assertThat(MergeRig.openScratch()).isEmpty();
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void namesTheObjectInWhichAByteIsWrong() throws Exception {
    MergeRig rig = new MergeRig(1, 512, 30, scratch);
    List<Chain.Item> inputs =
        List.of(rig.snapshot(8), rig.merged(2, 9, 15), rig.segment(16, 22), rig.segment(23, 30));
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Chain.Item victim = inputs.get(random.nextInt(inputs.size()));
      byte[] sound = rig.store.bytes(victim.key().text());
      byte[] damaged = sound.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      rig.store.put(victim.key().text(), Body.of(damaged));
      MergeLimits limits = round % 2 == 0 ? MergeLimits.DEFAULT : SMALL;
      assertThatThrownBy(() -> rig.merge(MergeJob.SNAPSHOT_LEVEL, inputs, limits))
          .as("round %d: byte %d of %s", round, at, victim)
          .isInstanceOfSatisfying(
              DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(victim.key().text()));
      rig.store.put(victim.key().text(), Body.of(sound));
    }
  }

  @Test
  void namesTheObjectThatIsMissing() throws Exception {
    MergeRig rig = new MergeRig(2, 512, 30, scratch);
    List<Chain.Item> inputs =
        List.of(rig.snapshot(8), rig.merged(2, 9, 15), rig.segment(16, 22), rig.segment(23, 30));
    for (Chain.Item victim : inputs) {
      CountingStore store = new CountingStore(rig.store);
      store.withhold(victim.key().text());
      assertThatThrownBy(() -> rig.job(store, SMALL).merge(9, inputs))
          .isInstanceOfSatisfying(
              ObjectGoneException.class, e -> assertThat(e.key()).isEqualTo(victim.key()));
    }
    CountingStore away = new CountingStore(rig.store);
    away.away(true);
    assertThatThrownBy(() -> rig.job(away, SMALL).merge(9, inputs))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void refusesAHoleAndAnotherHistory() throws Exception {
    MergeRig rig = new MergeRig(3, 512, 30, scratch);
    Chain.Item first = rig.segment(1, 10);
    for (Chain.Item next : List.of(rig.segment(21, 30), rig.merged(1, 12, 30))) {
      assertDamaged(rig, List.of(first, next), next.key());
      assertDamaged(rig, List.of(next, first), first.key());
    }
    MergeRig other = new MergeRig(4, 512, 30, scratch);
    LogBuilder foreign = new LogBuilder(rig.store, MergeRig.DATABASE, other.history);
    Chain.Item diverged = rig.item(foreign.segment(11, 20));
    assertDamaged(rig, List.of(first, diverged), diverged.key());
    Chain.Item divergedMerge = rig.item(foreign.merged(1, 11, 20));
    assertDamaged(rig, List.of(first, divergedMerge), divergedMerge.key());
  }

  @Test
  void refusesAnotherDatabasesObject() throws Exception {
    MergeRig rig = new MergeRig(5, 512, 20, scratch);
    LogBuilder foreign = new LogBuilder(rig.store, new Id128(9, 9), rig.history);
    Chain.Item segment = rig.item(foreign.segment(1, 20));
    assertDamaged(rig, List.of(segment), segment.key());
    Chain.Item merged = rig.item(foreign.merged(1, 1, 20));
    assertDamaged(rig, List.of(merged), merged.key());
  }

  @Test
  void suspectsTheMergedFileWhenSoundObjectsDoNotAddUp() throws Exception {
    MergeRig rig = new MergeRig(6, 512, 20, scratch);
    TreeMap<Long, byte[]> wrong = new TreeMap<>(rig.history.merged(11, 15));
    byte[] page = wrong.firstEntry().getValue().clone();
    page[100] ^= 1;
    wrong.put(wrong.firstKey(), page);
    Chain.Item merged = rig.merged(1, 11, 15);
    rig.builder.put(merged.key(), rig.builder.mergedBytes(11, 15, wrong));
    List<Chain.Item> inputs = List.of(rig.snapshot(10), rig.item(merged.key()));
    assertThatThrownBy(() -> rig.merge(9, inputs, MergeLimits.DEFAULT))
        .isInstanceOfSatisfying(
            DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(merged.key().text()))
        .hasMessageContaining("does not add up");
  }

  @Test
  void refusesADatabaseThatGrewAgainWithoutItsPages() throws Exception {
    MergeRig rig = new MergeRig(7, 512, 1, scratch);
    PageHistory history = rig.history;
    history.full(9);
    history.commit(4, new TreeMap<>());
    TreeMap<Long, byte[]> grown = new TreeMap<>();
    for (long pgno = 5; pgno <= 8; pgno++) {
      grown.put(pgno, new byte[512]);
    }
    history.commit(8, grown);
    grown.remove(7L);
    // The history's own map lost the page, as a writer with a defect would have.
    Chain.Item segment = rig.segment(1, 4);
    for (MergeLimits limits : List.of(MergeLimits.DEFAULT, new MergeLimits(2, 1, 1))) {
      assertThatThrownBy(() -> rig.merge(1, List.of(segment), limits))
          .isInstanceOfSatisfying(
              DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(segment.key().text()))
          .hasMessageContaining("page 7");
    }
  }

  @Test
  void givesUpWhenItIsInterrupted() throws Exception {
    MergeRig rig = new MergeRig(10, 512, 30, scratch);
    List<Chain.Item> inputs = rig.segments(1, 30);
    Thread merging = Thread.currentThread();
    AtomicBoolean once = new AtomicBoolean();
    ObjectStore store =
        new PassingStore(rig.store) {
          @Override
          public Optional<Slice> get(String key, ByteRange range)
              throws StoreException, InterruptedException {
            if (once.compareAndSet(false, true)) {
              merging.interrupt();
            }
            return super.get(key, range);
          }
        };
    assertThatThrownBy(() -> rig.job(store, SMALL).merge(1, inputs))
        .isInstanceOf(InterruptedException.class);
    assertThat(merging.isInterrupted()).isFalse();
  }

  @Test
  void saysThatTheScratchFolderIsMissing() throws Exception {
    MergeRig rig = new MergeRig(8, 512, 10, scratch.resolve("absent"));
    List<Chain.Item> inputs = List.of(rig.segment(1, 10));
    assertThatThrownBy(() -> rig.merge(1, inputs, MergeLimits.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(scratch.resolve("absent").toString());
  }

  @Test
  void findsThatAnotherObjectWasStored() throws Exception {
    MergeRig rig = new MergeRig(9, 512, 20, scratch);
    List<Chain.Item> inputs = List.of(rig.segment(2, 20));
    try (MergedObject merged = rig.job(rig.store, MergeLimits.DEFAULT).merge(1, inputs)) {
      String key = merged.key().text();
      assertThatThrownBy(() -> merged.verifyStored(rig.store, ReadListener.NONE))
          .isInstanceOf(ObjectGoneException.class);
      byte[] sound = MergeRig.bytes(merged);
      for (int at : new int[] {10, sound.length / 2, sound.length - 40, sound.length - 1}) {
        byte[] damaged = sound.clone();
        damaged[at] ^= 1;
        rig.store.put(key, Body.of(damaged));
        assertDamagedWhenStored(rig, merged).hasMessageNotContaining("has the digest");
      }
      rig.store.put(key, Body.of(otherOfThisLength(rig, sound.length)));
      assertDamagedWhenStored(rig, merged).hasMessageContaining("has the digest");
      rig.store.put(key, merged.body());
      merged.verifyStored(rig.store, ReadListener.NONE);
    }
  }

  /// A sound object of the same range whose first page has another byte.
  private static byte[] otherOfThisLength(MergeRig rig, int length) throws IOException {
    for (int value = 1; value < 256; value++) {
      TreeMap<Long, byte[]> pages = new TreeMap<>(rig.history.merged(2, 20));
      byte[] page = pages.firstEntry().getValue().clone();
      // A page begins and ends with the same bytes, which compress as one.
      page[3] ^= (byte) value;
      page[page.length - 32 + 3] ^= (byte) value;
      pages.put(pages.firstKey(), page);
      byte[] object = rig.builder.mergedBytes(2, 20, pages);
      if (object.length == length) {
        return object;
      }
    }
    throw new AssertionError("each byte changes the length");
  }

  private static AbstractThrowableAssert<?, ?> assertDamagedWhenStored(
      MergeRig rig, MergedObject merged) {
    return assertThatThrownBy(() -> merged.verifyStored(rig.store, ReadListener.NONE))
        .isInstanceOfSatisfying(
            DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(merged.key().text()));
  }

  private static void assertDamaged(MergeRig rig, List<Chain.Item> inputs, ObjectKey key) {
    assertThatThrownBy(() -> rig.merge(1, inputs, MergeLimits.DEFAULT))
        .isInstanceOfSatisfying(
            DamagedLogException.class, e -> assertThat(e.key()).isEqualTo(key.text()));
  }
}
