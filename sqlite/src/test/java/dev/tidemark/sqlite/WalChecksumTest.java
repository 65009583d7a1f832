package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WalChecksumTest {
  static Stream<ByteOrder> orders() {
    return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
  }

  @ParameterizedTest
  @MethodSource("orders")
  void isTheSumOfTheFormat(ByteOrder order) {
    var bytes = new byte[4_099];
    new Random(7).nextBytes(bytes);

    assertThat(WalChecksum.update(0x1234_5678_9ABC_DEF0L, bytes, 3, 4_096, order))
        .isEqualTo(word(0x1234_5678_9ABC_DEF0L, bytes, 3, 4_096, order));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void piecesSumToTheWhole(ByteOrder order) {
    var bytes = new byte[1_024];
    new Random(8).nextBytes(bytes);

    long half = WalChecksum.update(WalChecksum.SEED, bytes, 0, 512, order);

    assertThat(WalChecksum.update(half, bytes, 512, 512, order))
        .isEqualTo(WalChecksum.update(WalChecksum.SEED, bytes, 0, 1_024, order));
  }

  @Test
  void refusesHalfPairsOfWords() {
    assertThatThrownBy(() -> WalChecksum.update(0, new byte[12], 0, 12, ByteOrder.LITTLE_ENDIAN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // The definition, a word at a time.
  private static long word(long sum, byte[] bytes, int from, int length, ByteOrder order) {
    ByteBuffer words = ByteBuffer.wrap(bytes, from, length).slice().order(order);
    int s0 = (int) (sum >> 32);
    int s1 = (int) sum;
    while (words.hasRemaining()) {
      s0 = s0 + words.getInt() + s1;
      s1 = s1 + words.getInt() + s0;
    }
    return WalChecksum.of(s0, s1);
  }
}
