package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
  @Test
  void survivesItsText() {
    Position position = new Position(new Txid(1_000), new Checksum(2_000));
    assertThat(position).hasToString("00000000000003e8/00000000000007d0");
    assertThat(Position.parse(position.toString())).isEqualTo(position);
    assertThat(Position.parse("00000000000003E8/00000000000007D0")).isEqualTo(position);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000000000003e8",
        "00000000000003e8-00000000000007d0",
        "00000000000003e8/00000000000007d",
        "00000000000003e8/00000000000007d00",
        "00000000000003g8/00000000000007d0",
        "+0000000000003e8/00000000000007d0",
        "80000000000003e8/00000000000007d0",
      })
  void refusesAnyOtherText(String text) {
    assertThatThrownBy(() -> Position.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsChecksumsToTheLastBit() {
    assertThat(Checksum.parse("ffffffffffffffff").value()).isEqualTo(-1);
    assertThat(Checksum.parse("0000000000000000")).isEqualTo(Checksum.NONE);
    assertThatThrownBy(() -> Checksum.parse("ffffffffffff"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ordersTransactionsAsTheirTextIsOrdered() {
    Txid nine = new Txid(9);
    Txid ten = nine.next();
    assertThat(ten).isGreaterThan(nine);
    assertThat(ten.toString()).isGreaterThan(nine.toString());
    assertThat(ten.previous()).isEqualTo(nine);
    assertThatThrownBy(() -> new Txid(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Txid(Long.MAX_VALUE).next())
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 2097153",
    "1024, 1048577",
    "2048, 524289",
    "4096, 262145",
    "8192, 131073",
    "16384, 65537",
    "32768, 32769",
    "65536, 16385",
  })
  void knowsTheLockPageOfEachPageSize(int bytes, long lockPgno) {
    PageSize size = new PageSize(bytes);
    assertThat(size.lockPgno()).isEqualTo(lockPgno);
    assertThat(size.dataPages(lockPgno - 1)).isEqualTo(lockPgno - 1);
    assertThat(size.dataPages(lockPgno)).isEqualTo(lockPgno - 1);
    assertThat(size.dataPages(lockPgno + 1)).isEqualTo(lockPgno);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256, 1000, 131_072, -512, Integer.MIN_VALUE})
  void refusesAnyOtherPageSize(int bytes) {
    assertThatThrownBy(() -> new PageSize(bytes)).isInstanceOf(IllegalArgumentException.class);
  }
}
