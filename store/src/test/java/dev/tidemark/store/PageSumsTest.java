package dev.tidemark.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageSumsTest {
  private static final long LAST = 0xffff_ffffL;

  @TempDir Path folder;

  @Test
  void aFarPageDoesNotTakeTheRoomOfThoseBeforeIt() throws Exception {
    try (PageSums sums = new PageSums(folder)) {
      sums.set(1, Checksum.FLAG | 1);
      sums.set(LAST, Checksum.FLAG | 2);
      assertThat(sums.get(1)).isEqualTo(Checksum.FLAG | 1);
      assertThat(sums.get(LAST)).isEqualTo(Checksum.FLAG | 2);
      assertThat(sums.get(LAST - 1)).isZero();
      assertThat(sums.get(1 << 20)).isZero();
      assertThat(sums.checksum()).isEqualTo(new Checksum(Checksum.FLAG | 3));
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void forgetsWhatLiesAboveItsSize() throws Exception {
    try (PageSums sums = new PageSums(folder)) {
      for (long pgno : new long[] {1, 2, 3, 1 << 17, (1 << 17) + 1, LAST}) {
        sums.set(pgno, Checksum.FLAG | pgno);
      }
      sums.truncate(1 << 17);
      assertThat(sums.get((1 << 17) + 1)).isZero();
      assertThat(sums.get(LAST)).isZero();
      assertThat(sums.checksum()).isEqualTo(new Checksum(Checksum.FLAG | (1 << 17)));
      sums.truncate(2);
      assertThat(sums.pages()).isEqualTo(2);
      assertThat(sums.get(3)).isZero();
      assertThat(sums.checksum()).isEqualTo(new Checksum(Checksum.FLAG | 3));
    }
  }
}
