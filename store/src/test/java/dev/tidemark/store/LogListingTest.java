package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.testing.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logs of many segments whose listing takes many pages of a thousand.
class LogListingTest {
  private static final int REQUESTS = 16;

  private final MemoryStore store = new MemoryStore();
  private final List<String> keys = new ArrayList<>();
  private long next = 1;

  /// So many segments of up to so many transactions.
  private void segments(Random random, int count, int transactions) {
    for (int i = 0; i < count; i++) {
      Checksum checksum = new Checksum(Checksum.FLAG | random.nextLong());
      Position before = new Position(new Txid(next - 1), checksum);
      String key = ObjectKey.Slot.after(before).text();
      keys.add(key);
      store.put(key, new byte[1]);
      next += 1 + random.nextInt(transactions);
    }
  }

  private static List<String> list(ObjectStore store, int requests) throws Exception {
    return LogListing.items(store, requests).stream().map(item -> item.key().text()).toList();
  }

  private void assertListed(String what) throws Exception {
    for (int requests : new int[] {1, 2, 5, REQUESTS}) {
      assertThat(list(store, requests))
          .as("%s, %d requests at once", what, requests)
          .isEqualTo(keys);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1_000, 1_001, 2_000, 3_000, 30_000})
  void listsEverySegmentOnce(int count) throws Exception {
    segments(new Random(1), count, 1);
    assertListed(count + " segments");
  }

  @Test
  void listsEverySegmentHoweverManyTransactionsThereAreInEach() throws Exception {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      store.objects().clear();
      keys.clear();
      next = 1 + random.nextLong(1L << random.nextInt(1, 62));
      for (int i = random.nextInt(8); i > 0; i--) {
        segments(random, random.nextInt(3_000), 1 << random.nextInt(12));
      }
      assertListed("seed " + seed);
    }
  }

  @Test
  void foreignNamesAreLeftOut() throws Exception {
    segments(new Random(1), 2_500, 3);
    for (int i = 0; i < 1_500; i++) {
      store.put("log/" + keys.get(999).substring(4, 20) + "-" + i, new byte[1]);
      store.put("log/zzz" + i, new byte[1]);
    }
    assertListed("with foreign names");
  }

  @Test
  void aLongLogTakesFewStepsAndNotManyPagesTooMany() throws Exception {
    segments(new Random(1), 83_000, 5);
    StoreMeter meter = new StoreMeter();
    assertThat(list(new MeteredStore(store, meter), REQUESTS)).isEqualTo(keys);
    assertThat(meter.requests(StoreRequest.LIST)).isLessThanOrEqualTo(83 * 4 / 3 + 2 * REQUESTS);
    StoreMeter single = new StoreMeter();
    assertThat(list(new MeteredStore(store, single), 1)).isEqualTo(keys);
    assertThat(single.requests(StoreRequest.LIST)).isEqualTo(83);
  }

  /// Whatever is stored between two of the requests: what is listed ends earlier or later, and has
  /// no hole.
  @Test
  void aWriterThatGoesOnMeanwhileLeavesNoHole() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      store.objects().clear();
      keys.clear();
      next = 1;
      segments(random, 1 + random.nextInt(9_000), 1 + random.nextInt(9));
      int before = keys.size();
      int most = 1 << random.nextInt(12);
      int[] left = {40};
      PassingStore growing =
          new PassingStore(store) {
            @Override
            public synchronized ListPage list(String prefix, String after)
                throws StoreException, InterruptedException {
              // In the end he rests: nobody lists a page a request that grows by two.
              if (left[0]-- > 0) {
                segments(random, random.nextInt(most), 9);
              }
              return super.list(prefix, after);
            }
          };
      List<String> listed = list(growing, REQUESTS);
      assertThat(listed).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(before);
      assertThat(listed).as("seed %d", seed).isEqualTo(keys.subList(0, listed.size()));
    }
  }
}
