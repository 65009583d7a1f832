package dev.tidemark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalIndexTest {
  private static final WalIndexHeader HEADER =
      new WalIndexHeader(0xFFFF_FFFFL, true, 65_536, 0x8000_0001L, 77, 0x8111_1111_9222_2222L, -2L);
  @TempDir Path directory;
  private Path path = Path.of("");

  @BeforeEach
  void makeFile() throws Exception {
    path = directory.resolve("shm");
    try (var shm = NativeFile.openOrCreate(path)) {
      shm.write(0, new byte[WalIndexFormat.BLOCK_BYTES], 0, WalIndexFormat.BLOCK_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 512, 4_096, 32_768, 65_536})
  void publishedHeadersAreReadBack(int pageSize) throws Exception {
    var header =
        new WalIndexHeader(
            0xFFFF_FFFFL, true, pageSize, 0x8000_0001L, 77, 0x8111_1111_9222_2222L, -2L);
    try (var shm = NativeFile.openReadWrite(path)) {
      WalIndex index = WalIndex.map(shm);
      assertThat(index.header()).isEmpty();
      assertThat(index.changed()).isTrue();

      new WalIndexWriter(shm).publish(header);

      assertThat(index.header()).contains(header);
      assertThat(index.changed()).isFalse();
    }
  }

  @Test
  void everyFlippedBitOfEitherCopyHidesTheHeader() throws Exception {
    try (var shm = NativeFile.openReadWrite(path)) {
      WalIndex index = WalIndex.map(shm);
      new WalIndexWriter(shm).publish(HEADER);
      var octet = new byte[1];
      for (int bit = 0; bit < 8 * 2 * WalIndexFormat.COPY_BYTES; bit++) {
        shm.read(bit / 8, octet, 0, 1);
        octet[0] ^= (byte) (1 << bit % 8);
        shm.write(bit / 8, octet, 0, 1);
        assertThat(index.header()).as("bit %d", bit).isEmpty();
        octet[0] ^= (byte) (1 << bit % 8);
        shm.write(bit / 8, octet, 0, 1);
      }
      assertThat(index.header()).contains(HEADER);
    }
  }

  @Test
  void garbageIsNoHeader() throws Exception {
    var garbage = new byte[WalIndexFormat.BLOCK_BYTES];
    new Random(3).nextBytes(garbage);
    try (var shm = NativeFile.openReadWrite(path)) {
      shm.write(0, garbage, 0, garbage.length);

      assertThat(WalIndex.map(shm).header()).isEmpty();
    }
  }

  @Test
  void fileCutOffUnderTheMappingIsNoCrash() throws Exception {
    try (var shm = NativeFile.openReadWrite(path)) {
      WalIndex index = WalIndex.map(shm);
      new WalIndexWriter(shm).publish(HEADER);
      assertThat(index.header()).contains(HEADER);

      shm.truncate(0);

      // Often enough to be compiled: the interpreter meets the fault elsewhere than compiled code.
      for (int i = 0; i < 2_000; i++) {
        assertThat(index.changed()).isTrue();
        assertThat(index.checkpointInfo()).isEmpty();
        assertThat(index.nBackfill()).isZero();
        assertThat(index.isUnused(4)).isFalse();
        assertThat(index.header()).isEmpty();
      }
    }
  }

  @Test
  void mappingOfAClosedFileIsNoCrash() throws Exception {
    var shm = NativeFile.openReadWrite(path);
    WalIndex index = WalIndex.map(shm);
    shm.close();

    assertThatThrownBy(index::header).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void transactionsAreCountedAcrossTheWrapOfTheCounter() {
    var later = new WalIndexHeader(2, true, 65_536, 0x8000_0004L, 77, HEADER.frameChecksum(), -2L);

    assertThat(later.transactionsSince(HEADER)).isEqualTo(3);
  }

  @Test
  void blocksOfFramesAreCountedAsSqliteDoes() {
    assertThat(WalIndexFormat.blockOf(1)).isZero();
    assertThat(WalIndexFormat.blockOf(4_062)).isZero();
    assertThat(WalIndexFormat.blockOf(4_063)).isEqualTo(1);
    assertThat(WalIndexFormat.blockOf(8_158)).isEqualTo(1);
    assertThat(WalIndexFormat.blockOf(8_159)).isEqualTo(2);
    assertThat(WalIndexFormat.framesBefore(2)).isEqualTo(8_158);
  }
}
