package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LtxTrailerTest {
  private static final Checksum ONE = new Checksum(Checksum.FLAG | 1);

  @Test
  void holdsBothChecksums() {
    byte[] bytes = new LtxTrailer(ONE, new Checksum(Checksum.FLAG | 2)).encode();
    assertThat(Bytes.getLong(bytes, 0)).isEqualTo(ONE.value());
    assertThat(Bytes.getLong(bytes, 8)).isEqualTo(Checksum.FLAG | 2);
  }

  @Test
  void refusesChecksumsWithoutBit63() {
    assertThatThrownBy(() -> new LtxTrailer(new Checksum(1), ONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LtxTrailer(ONE, new Checksum(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LtxTrailer(ONE, Checksum.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fitsItsHeader() {
    LtxHeader tracked = header(0, 2);
    assertThat(LtxTrailer.fits(tracked, ONE)).isTrue();
    assertThat(LtxTrailer.fits(tracked, Checksum.NONE)).isFalse();
    assertThat(LtxTrailer.fits(tracked, new Checksum(1))).isFalse();
    LtxHeader deleted = header(0, 0);
    assertThat(LtxTrailer.fits(deleted, ONE)).isFalse();
    assertThat(LtxTrailer.fits(deleted, Checksum.EMPTY)).isTrue();
    LtxHeader untracked = header(LtxHeader.NO_CHECKSUM, 2);
    assertThat(LtxTrailer.fits(untracked, Checksum.NONE)).isTrue();
    assertThat(LtxTrailer.fits(untracked, ONE)).isFalse();
  }

  private static LtxHeader header(int flags, long commit) {
    return new LtxHeader(
        flags,
        new PageSize(512),
        commit,
        new Txid(2),
        new Txid(2),
        0,
        flags == 0 ? ONE : Checksum.NONE,
        0,
        0,
        0,
        0,
        0);
  }
}
