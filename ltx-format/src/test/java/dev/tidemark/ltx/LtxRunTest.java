package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LtxRunTest {
  private static final long SEED = 71_077;

  @Test
  void givesTheSameFileAsAMergeOfItsFiles() throws IOException {
    LtxRun run = new LtxRun(1 << 20);
    for (int round = 0; round < 400; round++) {
      History history = new History(new Random(SEED + round));
      for (int i = history.random.nextInt(4); i > 0; i--) {
        history.commit();
      }
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i <= history.random.nextInt(8); i++) {
        files.add(history.commit());
      }
      int split = history.random.nextInt(files.size());
      run.clear();
      for (byte[] file : files.subList(split, files.size())) {
        run.add(Ltx.reader(file));
      }
      List<SortedPages> inputs = new ArrayList<>();
      for (byte[] file : files.subList(0, split)) {
        inputs.add(Ltx.reader(file));
      }
      inputs.add(run);
      assertThat(merge(inputs))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(SampleObjects.merged(files));
    }
  }

  @Test
  void saysWhatHasRoom() throws IOException {
    History history = new History(new Random(SEED));
    LtxRun run = new LtxRun(5 * 512);
    assertThat(run.isEmpty()).isTrue();
    run.add(Ltx.reader(history.commit(3, 1, 2, 3)));
    assertThat(run.isEmpty()).isFalse();
    run.add(Ltx.reader(history.commit(3, 2, 3)));
    assertThat(run.fits(new PageSize(512), 2)).isTrue();
    assertThat(run.fits(new PageSize(512), 3)).isFalse();
    run.add(Ltx.reader(history.commit(1, 1)));
    assertThat(run.fits(new PageSize(512), 4)).isTrue();
    run.clear();
    assertThat(run.isEmpty()).isTrue();
    assertThat(run.fits(new PageSize(512), 5)).isTrue();
    assertThat(run.fits(new PageSize(512), 0xffff_ffffL)).isFalse();
  }

  @Test
  void refusesFilesThatDoNotFollow() throws IOException {
    History history = new History(new Random(SEED));
    byte[] first = history.commit(2, 1, 2);
    history.commit(2, 1);
    byte[] third = history.commit(2, 2);
    LtxRun run = new LtxRun(1 << 20);
    run.add(Ltx.reader(first));
    assertThatThrownBy(() -> run.add(Ltx.reader(third)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("begins with transaction");
    History other = new History(new Random(SEED + 1));
    other.commit(2, 1, 2);
    LtxRun fresh = new LtxRun(1 << 20);
    fresh.add(Ltx.reader(first));
    assertThatThrownBy(() -> fresh.add(Ltx.reader(other.commit(2, 1))))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("continues from checksum");
  }

  @Test
  void refusesADatabaseThatGrewAgainWithoutThePages() throws IOException {
    History history = new History(new Random(SEED));
    history.commit(6, 1, 2, 3, 4, 5, 6);
    LtxRun run = new LtxRun(1 << 20);
    run.add(Ltx.reader(history.commit(6, 1, 5)));
    run.add(Ltx.reader(history.commit(3, 1)));
    run.add(Ltx.reader(history.commit(6, 4, 6)));
    assertThatThrownBy(() -> merge(List.of(run)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page 5");
  }

  private static byte[] merge(List<SortedPages> inputs) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LtxMerge.merge(inputs, out::write, PageEncoding.LITERAL, Scratch.heap());
    return out.toByteArray();
  }
}
