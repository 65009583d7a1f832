package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalHeaderTest {
  private static final long SALTS = 0xFFEE_DDCC_BBAA_9988L;

  @ParameterizedTest
  @ValueSource(ints = {512, 4_096, 65_536})
  void survivesEncodingInBothOrders(int pageSize) throws Exception {
    var little = WalHeader.of(ByteOrder.LITTLE_ENDIAN, pageSize, 0xFFFF_FFFFL, SALTS);
    var big = WalHeader.of(ByteOrder.BIG_ENDIAN, pageSize, 1, SALTS);

    assertThat(WalHeader.decode(little.encode(), 0)).isEqualTo(little);
    assertThat(WalHeader.decode(big.encode(), 0)).isEqualTo(big);
    assertThat(big.checksum()).isNotEqualTo(little.checksum());
  }

  @Test
  void everyFlippedBitIsFound() {
    byte[] good = WalHeader.of(ByteOrder.LITTLE_ENDIAN, 4_096, 3, SALTS).encode();
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] damaged = good.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> WalHeader.decode(damaged, 0))
          .as("bit %d", bit)
          .isInstanceOf(CorruptWalException.class);
    }
  }

  @Test
  void saysWhereAShortHeaderEnds() {
    byte[] good = WalHeader.of(ByteOrder.LITTLE_ENDIAN, 4_096, 3, SALTS).encode();

    assertThatThrownBy(() -> WalHeader.decode(Arrays.copyOf(good, 31), 0))
        .isInstanceOfSatisfying(
            CorruptWalException.class, e -> assertThat(e.offset()).isEqualTo(31));
  }

  @Test
  void refusesAPageSizeThatIsNoneUnderAGoodChecksum() {
    byte[] odd = WalHeader.of(ByteOrder.LITTLE_ENDIAN, 3_000, 3, SALTS).encode();

    assertThatThrownBy(() -> WalHeader.decode(odd, 0))
        .isInstanceOf(CorruptWalException.class)
        .hasMessageContaining("3000");
  }

  @Test
  void refusesAnotherVersionUnderAGoodChecksum() {
    byte[] newer = WalHeader.of(ByteOrder.BIG_ENDIAN, 4_096, 3, SALTS).encode();
    Bytes.putI32(newer, 4, 3_008_000);
    Bytes.putI64(
        newer, 24, WalChecksum.update(WalChecksum.SEED, newer, 0, 24, ByteOrder.BIG_ENDIAN));

    assertThatThrownBy(() -> WalHeader.decode(newer, 0))
        .isInstanceOf(CorruptWalException.class)
        .hasMessageContaining("3008000");
  }

  @Test
  void offsetsOfFramesPassFourGigabytes() {
    assertThat(WalFormat.frameOffset(1, 4_096)).isEqualTo(32);
    assertThat(WalFormat.frameOffset(2_000_001, 4_096)).isEqualTo(32 + 2_000_000L * 4_120);
    assertThat(WalFormat.framesIn(32 + 2_000_000L * 4_120 + 4_119, 4_096)).isEqualTo(2_000_000);
    assertThat(WalFormat.framesIn(0, 4_096)).isZero();
  }
}
