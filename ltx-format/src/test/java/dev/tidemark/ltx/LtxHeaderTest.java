package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LtxHeaderTest {
  private static final LtxHeader VALID =
      new LtxHeader(
          0,
          new PageSize(1024),
          2,
          new Txid(3),
          new Txid(4),
          1_700_000_000_123L,
          new Checksum(Checksum.FLAG | 5),
          7,
          8,
          5,
          6,
          0xABCD);

  @Test
  void survivesEncodingAndDecoding() throws Exception {
    assertThat(LtxHeader.decode(VALID.encode())).isEqualTo(VALID);
  }

  @Test
  void keepsTheLargestPageSizeAndCommit() throws Exception {
    LtxHeader header =
        LtxHeader.plain(
            new PageSize(65_536), 0xffff_ffffL, new Txid(1), new Txid(9), -5, Checksum.NONE);
    assertThat(LtxHeader.decode(header.encode())).isEqualTo(header);
    assertThat(Bytes.getInt(header.encode(), 8)).isEqualTo(65_536);
  }

  @Test
  void mayDeleteTheDatabase() {
    LtxHeader header =
        LtxHeader.plain(
            new PageSize(512), 0, new Txid(5), new Txid(5), 0, new Checksum(Checksum.FLAG));
    assertThat(header.commit()).isZero();
  }

  @Test
  void doesNotLookAtReservedBytes() throws Exception {
    byte[] bytes = VALID.encode();
    bytes[80] = 1;
    bytes[99] = 1;
    assertThat(LtxHeader.decode(bytes)).isEqualTo(VALID);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 4, 00000008",
    "4, 4, 00000001",
    "8, 8, 000003e8",
    "8, 8, 00000100",
    "8, 8, 00020000",
    "8, 8, 00000000",
    "16, 16, 0000000000000000",
    "16, 16, 8000000000000001",
    "24, 24, 0000000000000000",
    "24, 24, 0000000000000002",
    "24, 24, ffffffffffffffff",
    "40, 40, 0000000000000000",
    "40, 40, 0000000000000001",
    "48, 48, fffffffffffffc18",
    "56, 56, fffffffffffffc18",
    "48, 64, 0000000000000000",
  })
  void namesTheFieldThatIsWrong(int patchAt, int errorAt, String hex) {
    byte[] bytes = VALID.encode();
    byte[] patch = java.util.HexFormat.of().parseHex(hex);
    System.arraycopy(patch, 0, bytes, patchAt, patch.length);
    CorruptLtxException e =
        catchThrowableOfType(CorruptLtxException.class, () -> LtxHeader.decode(bytes));
    assertThat(e).as("%s at %d", hex, patchAt).isNotNull();
    assertThat(e.offset()).isEqualTo(errorAt);
  }

  @Test
  void refusesAWalSizeWithoutOffset() {
    byte[] bytes = VALID.encode();
    Bytes.putLong(bytes, 48, 0);
    Bytes.putLong(bytes, 64, 0);
    assertThatThrownBy(() -> LtxHeader.decode(bytes))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("WAL size");
  }

  @Test
  void refusesAChecksumBeforeInASnapshotAndWithoutChecksums() {
    byte[] snapshot = VALID.encode();
    Bytes.putLong(snapshot, 16, 1);
    assertThatThrownBy(() -> LtxHeader.decode(snapshot))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("snapshot");
    byte[] untracked = VALID.encode();
    Bytes.putInt(untracked, 4, LtxHeader.NO_CHECKSUM);
    assertThatThrownBy(() -> LtxHeader.decode(untracked))
        .isInstanceOf(CorruptLtxException.class)
        .extracting(e -> ((CorruptLtxException) e).offset())
        .isEqualTo(40L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 10, 99})
  void refusesAShortHeader(int length) {
    assertThatThrownBy(() -> LtxHeader.decode(Arrays.copyOf(VALID.encode(), length)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("cut short");
  }

  @Test
  void refusesAnotherMagic() {
    assertThatThrownBy(() -> LtxHeader.decode(new byte[100]))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("LTX1");
  }

  @Test
  void holdsItsMakerToTheRules() {
    PageSize size = new PageSize(512);
    Checksum flagged = new Checksum(Checksum.FLAG | 1);
    assertThatThrownBy(() -> LtxHeader.plain(size, 1, Txid.ZERO, new Txid(1), 0, Checksum.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LtxHeader.plain(size, 1, new Txid(3), new Txid(2), 0, flagged))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LtxHeader.plain(size, 1, new Txid(1), new Txid(2), 0, flagged))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LtxHeader.plain(size, 1, new Txid(2), new Txid(2), 0, Checksum.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LtxHeader.plain(size, 1L << 32, new Txid(2), new Txid(2), 0, flagged))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
