package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.store.testing.LogBuilder;
import dev.tidemark.store.testing.MemoryStore;
import dev.tidemark.store.testing.PageHistory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What it costs to look where an object ends.
class ObjectIndexTest {
  private static final int COUNT = 2_000;

  private final StoreMeter meter = new StoreMeter();
  private final MemoryStore memory = new MemoryStore();
  private final ObjectStore store = new MeteredStore(memory, meter);

  private LogBuilder log(int pageSize, int count, int pages) {
    PageHistory history = PageHistory.random(new PageSize(pageSize), new Random(4), count, pages);
    return new LogBuilder(memory, new Id128(1, 2), history);
  }

  private void look(ObjectKey key) throws Exception {
    long before = meter.bytesDown();
    long size = memory.bytes(key.text()).length;
    assertThat(ObjectIndex.read(store, key.text(), size)).isPresent();
    assertThat(meter.bytesDown() - before)
        .as("bytes of %s of %d", key.text(), size)
        .isLessThanOrEqualTo(1_024 + size / 8);
  }

  @Test
  void smallObjectsCostOneSmallRead() throws Exception {
    LogBuilder log = log(4_096, 40, 20);
    for (int i = 1; i <= 40; i++) {
      look(log.segment(i, i));
    }
    look(log.merged(1, 2, 40));
    look(log.snapshot(40));
    assertThat(meter.requests()).isEqualTo(42);
  }

  @Test
  void segmentsOfManySmallTransactionsCostOneRead() throws Exception {
    LogBuilder log = log(1_024, COUNT, 8);
    for (int length : new int[] {10, 100, 1_000, COUNT}) {
      look(log.segment(1, length));
    }
    assertThat(meter.requests()).isEqualTo(4);
  }

  @Test
  void wrongSizesCostAnotherReadAtMost() throws Exception {
    ObjectKey key = log(1_024, COUNT, 8).segment(1, COUNT);
    for (long size : new long[] {0, 1, 5_000, 1L << 40, Long.MAX_VALUE}) {
      long before = meter.requests();
      assertThat(ObjectIndex.read(store, key.text(), size)).as("size %d", size).isPresent();
      assertThat(meter.requests() - before).isLessThanOrEqualTo(2);
    }
  }

  // As real writers leave them (bytes, of which index frame), at the limits of a segment.
  @Test
  void firstReadHoldsTheIndexFramesOfRealObjects() {
    long[][] segments = {{270, 193}, {17_000, 2_384}, {1_000_000, 56_451}, {1_750_000, 98_303}};
    for (long[] segment : segments) {
      assertThat(ObjectIndex.firstRead("log/x", segment[0])).isGreaterThan((int) segment[1]);
    }
    assertThat(ObjectIndex.firstRead("merged/1/x", 402_034)).isGreaterThan(439);
    assertThat(ObjectIndex.firstRead("snapshots/x", 121_384_394)).isGreaterThan(922);
    assertThat(ObjectIndex.firstRead("snapshots/x", Long.MAX_VALUE)).isEqualTo(8 << 20);
  }
}
