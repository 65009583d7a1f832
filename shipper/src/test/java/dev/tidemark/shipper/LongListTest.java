package dev.tidemark.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongListTest {
  private static final int BEFORE = 3;
  private static final int BEHIND = 5;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 1_000, LongList.LARGE, LongList.LARGE + 1, 3 * LongList.LARGE})
  void sortsExactlyThePartThatIsAskedFor(int count) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    // With repetitions, and longer runs in order as a VACUUM writes them.
    long[] wanted = new long[BEFORE + count + BEHIND];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = i > 0 && random.nextInt(10) > 0 ? wanted[i - 1] + 1 : random.nextInt(count + 9);
    }
    LongList list = new LongList();
    Arrays.stream(wanted).forEach(list::add);

    list.sortUnsigned(BEFORE, BEFORE + count);

    Arrays.sort(wanted, BEFORE, BEFORE + count);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(list.get(i)).as("seed %d, entry %d", seed, i).isEqualTo(wanted[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 3 * LongList.LARGE})
  void sortsNumbersWithTheHighestBitBehindAllOthers(int count) {
    long seed = System.nanoTime();
    LongList list = new LongList();
    new Random(seed).longs(count).forEach(list::add);

    list.sortUnsigned(0, count);

    for (int i = 1; i < count; i++) {
      assertThat(Long.compareUnsigned(list.get(i - 1), list.get(i)))
          .as("seed %d, entry %d", seed, i)
          .isLessThanOrEqualTo(0);
    }
  }
}
