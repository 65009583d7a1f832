package dev.tidemark.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.PositionNotFoundException;
import dev.tidemark.store.ReadListener;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.PageHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeJobTest {
  private static final int SNAPSHOT = MergeJob.SNAPSHOT_LEVEL;

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(ints = {512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536})
  void equalsApplyingOneTransactionAfterTheOther(int pageBytes) throws Exception {
    for (long seed = 1; seed <= 16; seed++) {
      MergeRig rig = new MergeRig(seed, pageBytes, 40, scratch);
      int first = rig.random.nextBoolean() ? 1 : 1 + rig.random.nextInt(rig.history.count());
      int last = first + rig.random.nextInt(rig.history.count() - first + 1);
      int level = first == 1 && rig.random.nextBoolean() ? SNAPSHOT : 1 + rig.random.nextInt(8);
      MergeLimits limits =
          new MergeLimits(
              2 + rig.random.nextInt(4),
              rig.random.nextBoolean() ? 1 + rig.random.nextInt(6 * pageBytes) : 8 << 20,
              1 << 20);
      List<Chain.Item> inputs = rig.anything(first, last);
      String told = "seed %d, %d to %d, %s of %s".formatted(seed, first, last, limits, inputs);
      byte[] merged = rig.merge(level, inputs, limits);
      assertThat(rig.applied(rig.history.file(first - 1), merged))
          .as(told)
          .isEqualTo(rig.history.file(last));
      assertThat(merged).as(told).isEqualTo(rig.expected(level, first, last));
      assertThat(MergeRig.openScratch()).as(told).isEmpty();
    }
  }

  @Test
  void givesTheSameObjectFromSegmentsAndFromMergedFilesOfALowerLevel() throws Exception {
    for (long seed = 1; seed <= 10; seed++) {
      MergeRig rig = new MergeRig(seed, 4_096, 120, scratch);
      List<Chain.Item> segments = rig.segments(1, 120);
      List<Chain.Item> merged = new ArrayList<>();
      for (int i = 0; i < segments.size(); i += 3) {
        List<Chain.Item> inputs = segments.subList(i, Math.min(i + 3, segments.size()));
        try (MergedObject lower = rig.job(rig.store, MergeLimits.DEFAULT).merge(1, inputs)) {
          rig.store.put(lower.key().text(), lower.body());
          merged.add(rig.item(lower.key()));
        }
      }
      byte[] fromSegments = rig.merge(2, segments, MergeLimits.DEFAULT);
      assertThat(rig.merge(2, merged, MergeLimits.DEFAULT))
          .as("seed %d", seed)
          .isEqualTo(fromSegments);
      assertThat(rig.merge(2, merged, new MergeLimits(2, 1, 1)))
          .as("seed %d", seed)
          .isEqualTo(fromSegments);
      byte[] snapshot = rig.merge(SNAPSHOT, segments, MergeLimits.DEFAULT);
      Chain.Item old = rig.snapshot((int) ((ObjectKey.Merged) merged.get(4).key()).last().value());
      List<Chain.Item> since = new ArrayList<>(List.of(old));
      since.addAll(merged.subList(5, merged.size()));
      assertThat(rig.merge(SNAPSHOT, since, MergeLimits.DEFAULT))
          .as("seed %d", seed)
          .isEqualTo(snapshot);
    }
  }

  @Test
  void endsWithinTheLastSegment() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      MergeRig rig = new MergeRig(seed, 512, 40, scratch);
      int cut = 21 + rig.random.nextInt(20);
      List<Chain.Item> inputs = rig.anything(11, 20);
      inputs.add(rig.segment(21, 40));
      int room = rig.random.nextBoolean() ? 600 : 1 << 20;
      byte[] merged =
          rig.merge(
              1,
              inputs,
              Optional.of(rig.history.position(cut)),
              new MergeLimits(16, room, 1 << 20));
      assertThat(merged).as("seed %d", seed).isEqualTo(rig.expected(1, 11, cut));
    }
  }

  @Test
  void refusesACutThatIsNotInTheLastInput() throws Exception {
    MergeRig rig = new MergeRig(1, 512, 20, scratch);
    List<Chain.Item> inputs = List.of(rig.segment(1, 10), rig.segment(11, 20));
    Position other =
        new Position(rig.history.position(15).txid(), rig.history.position(10).checksum());
    for (Position cut : List.of(rig.history.position(5), other)) {
      assertThatThrownBy(() -> rig.merge(1, inputs, Optional.of(cut), MergeLimits.DEFAULT))
          .isInstanceOf(PositionNotFoundException.class)
          .hasMessageContaining(inputs.getLast().key().text());
    }
    List<Chain.Item> merged = List.of(rig.merged(1, 1, 20));
    assertThatThrownBy(
            () -> rig.merge(2, merged, Optional.of(rig.history.position(15)), MergeLimits.DEFAULT))
        .isInstanceOf(PositionNotFoundException.class);
    assertThat(rig.merge(2, merged, Optional.of(rig.history.position(20)), MergeLimits.DEFAULT))
        .isEqualTo(rig.expected(2, 1, 20));
  }

  @Test
  void takesAnyNumberOfInputsWithLittle() throws Exception {
    MergeRig rig = new MergeRig(3, 512, 300, scratch);
    List<Chain.Item> inputs = new ArrayList<>();
    for (int txid = 1; txid <= 300; txid++) {
      inputs.add(txid % 3 == 0 ? rig.merged(1, txid, txid) : rig.segment(txid, txid));
    }
    assertThat(rig.merge(SNAPSHOT, inputs, new MergeLimits(3, 4 * 512, 1)))
        .isEqualTo(rig.expected(SNAPSHOT, 1, 300));
    assertThat(rig.merge(4, inputs, new MergeLimits(2, 1, 1))).isEqualTo(rig.expected(4, 1, 300));
  }

  @Test
  void saysWhatItMade() throws Exception {
    MergeRig rig = new MergeRig(4, 4_096, 30, scratch);
    List<Chain.Item> inputs = rig.segments(11, 30);
    try (MergedObject merged = rig.job(rig.store, MergeLimits.DEFAULT).merge(3, inputs)) {
      Position end = rig.history.position(30);
      assertThat(merged.key())
          .isEqualTo(
              new ObjectKey.Merged(3, rig.history.position(11).txid(), end.txid(), end.checksum()));
      assertThat(merged.index().start()).isEqualTo(rig.history.position(10));
      assertThat(merged.index().end()).isEqualTo(end);
      assertThat(merged.index().identity().runId()).isEqualTo(Id128.ZERO);
      assertThat(merged.index().file(0).timestampMillis())
          .isEqualTo(rig.history.transaction(30).timeMillis());
      assertThat(merged.size()).isEqualTo(MergeRig.bytes(merged).length);
      assertThat(merged.bytesRead()).isEqualTo(inputs.stream().mapToLong(Chain.Item::size).sum());
      rig.store.put(merged.key().text(), merged.body());
      merged.verifyStored(rig.store, ReadListener.NONE);
    }
    assertThat(MergeRig.openScratch()).isEmpty();
  }

  @Test
  void neverReachesAcrossAnotherPageSize() throws Exception {
    MergeRig rig = new MergeRig(5, 512, 10, scratch);
    PageHistory larger =
        new PageHistory(new PageSize(1_024), new Random(5)).continuing(rig.history);
    larger.full(7);
    larger.commit(7, new TreeMap<>());
    LogBuilder builder = new LogBuilder(rig.store, MergeRig.DATABASE, larger);
    Chain.Item after = rig.item(builder.segment(11, 12));
    for (Chain.Item before : List.of(rig.segment(1, 10), rig.merged(1, 1, 10))) {
      assertThatThrownBy(() -> rig.merge(1, List.of(before, after), MergeLimits.DEFAULT))
          .isInstanceOfSatisfying(
              PageSizeChangeException.class, e -> assertThat(e.key()).isEqualTo(after.key()));
    }
    byte[] merged = rig.merge(1, List.of(after), MergeLimits.DEFAULT);
    assertThat(merged).isEqualTo(builder.mergedBytes(11, 12, larger.merged(11, 12)));
    byte[] snapshot = rig.merge(SNAPSHOT, List.of(after), MergeLimits.DEFAULT);
    assertThat(snapshot).isEqualTo(rig.store.bytes(builder.snapshot(12).text()));
    assertThat(MergeRig.openScratch()).isEmpty();
  }

  @Test
  void refusesWhatCannotBeMade() throws Exception {
    MergeRig rig = new MergeRig(6, 512, 10, scratch);
    Chain.Item segment = rig.segment(5, 10);
    assertThatThrownBy(() -> rig.merge(SNAPSHOT, List.of(segment), MergeLimits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("snapshot");
    for (int level : new int[] {0, 10}) {
      assertThatThrownBy(() -> rig.merge(level, List.of(segment), MergeLimits.DEFAULT))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> rig.merge(1, List.of(), MergeLimits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
