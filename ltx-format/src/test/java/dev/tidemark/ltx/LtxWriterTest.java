package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LtxWriterTest {
  private static final long SEED = 41;
  private static final PageSize SIZE = new PageSize(4096);
  private static final Checksum SOME = new Checksum(Checksum.FLAG | 77);

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536})
  void writesWhatTheReaderReadsInEveryPageSize(int size) throws IOException {
    for (PageEncoding encoding : PageEncoding.values()) {
      SequencedMap<Long, byte[]> pages = randomPages(size, 1, 3, 200);
      byte[] file = Ltx.write(incremental(size, 300), pages, SOME, encoding);
      assertThat(Ltx.same(Ltx.pages(file), pages)).as("%s %d", encoding, size).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"512, 515", "4096, 4114", "65536, 65794"})
  void storesALiteralRunOfTheFormatsLength(int size, int payload) throws IOException {
    byte[] page = Ltx.filled(size, 7);
    assertThat(RawLtx.literal(page)).hasSize(payload);
    TreeMap<Long, byte[]> pages = new TreeMap<>();
    pages.put(5L, page);
    byte[] file = Ltx.write(incremental(size, 9), pages, SOME, PageEncoding.LITERAL);
    byte[] raw = RawLtx.with(incremental(size, 9)).page(5, page).postApply(SOME.value()).bytes();
    assertThat(file).isEqualTo(raw);
  }

  @Test
  void knowsTheLengthBeforeWriting() throws IOException {
    assertThat(LtxWriter.literalLength(SIZE, numbers())).isEqualTo(131);
    long[] pgnos = {1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 0xffff_ffffL};
    SequencedMap<Long, byte[]> pages = randomPages(4096, pgnos);
    byte[] file = Ltx.write(incremental(4096, 0xffff_ffffL), pages, SOME, PageEncoding.LITERAL);
    assertThat(LtxWriter.literalLength(SIZE, numbers(pgnos))).isEqualTo(file.length);
  }

  @Test
  void tellsTheOutputWhereFramesBegin() throws IOException {
    StringBuilder heard = new StringBuilder();
    LtxOutput out =
        new LtxOutput() {
          private long at;

          @Override
          public void write(byte[] bytes, int offset, int length) {
            at += length;
          }

          @Override
          public void pageFrame(long pgno) {
            heard.append(pgno).append('@').append(at).append(' ');
          }

          @Override
          public void tail() {
            heard.append("tail@").append(at);
          }
        };
    LtxWriter writer =
        new LtxWriter(out, incremental(512, 9), PageEncoding.LITERAL, Scratch.heap());
    writer.page(2, new byte[512], 0);
    writer.page(9, new byte[512], 0);
    writer.finish(SOME);
    assertThat(heard).hasToString("2@100 9@625 tail@1150");
  }

  @Test
  void takesAPageFromTheMiddleOfAnArray() throws IOException {
    byte[] array = Ltx.filled(2_000, 1);
    Arrays.fill(array, 700, 700 + 512, (byte) 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LtxWriter writer =
        new LtxWriter(out::write, incremental(512, 9), PageEncoding.LZ4, Scratch.heap());
    writer.page(2, array, 700);
    writer.finish(SOME);
    assertThat(writer.length()).isEqualTo(out.size());
    assertThat(Ltx.pages(out.toByteArray()).get(2L)).isEqualTo(Ltx.filled(512, 2));
  }

  @ParameterizedTest
  @EnumSource(PageEncoding.class)
  void stepsOverTheLockPageInASnapshot(PageEncoding encoding) throws IOException {
    PageSize size = new PageSize(65_536);
    long lock = size.lockPgno();
    LtxHeader header = LtxHeader.plain(size, lock + 1, new Txid(1), new Txid(8), 0, Checksum.NONE);
    LtxWriter writer = new LtxWriter((_, _, _) -> {}, header, encoding, Scratch.heap());
    byte[] page = new byte[65_536];
    for (long pgno = 1; pgno < lock; pgno++) {
      writer.page(pgno, page, 0);
    }
    assertThatThrownBy(() -> writer.page(lock, page, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lock page");
    assertThatThrownBy(() -> writer.finish(writer.rolling()))
        .isInstanceOf(IllegalStateException.class);
    writer.page(lock + 1, page, 0);
    writer.finish(writer.rolling());
  }

  @Test
  void refusesPagesOutOfRangeOrOrder() throws IOException {
    LtxWriter writer = writer(incremental(4096, 262_150));
    byte[] page = new byte[4096];
    assertThatThrownBy(() -> writer.page(0, page, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.page(262_151, page, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.page(262_145, page, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.page(1, page, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    writer.page(2, page, 0);
    assertThatThrownBy(() -> writer.page(2, page, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.page(1, page, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesASnapshotWithAHole() throws IOException {
    LtxHeader header = LtxHeader.plain(SIZE, 3, new Txid(1), new Txid(1), 0, Checksum.NONE);
    byte[] page = new byte[4096];
    LtxWriter late = writer(header);
    assertThatThrownBy(() -> late.page(2, page, 0)).isInstanceOf(IllegalArgumentException.class);
    LtxWriter holed = writer(header);
    holed.page(1, page, 0);
    assertThatThrownBy(() -> holed.page(3, page, 0)).isInstanceOf(IllegalArgumentException.class);
    holed.page(2, page, 0);
    assertThatThrownBy(() -> holed.finish(SOME)).isInstanceOf(IllegalStateException.class);
    holed.page(3, page, 0);
    assertThatThrownBy(() -> holed.finish(SOME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("that of the pages");
  }

  @Test
  void refusesAChecksumThatDoesNotFit() throws IOException {
    LtxWriter tracked = writer(incremental(4096, 1));
    assertThatThrownBy(() -> tracked.finish(Checksum.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tracked.finish(new Checksum(1)))
        .isInstanceOf(IllegalArgumentException.class);
    LtxWriter deletion = writer(incremental(4096, 0));
    assertThatThrownBy(() -> deletion.finish(SOME)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noticesAScratchThatForgets() throws IOException {
    Scratch forgetful =
        new Scratch() {
          @Override
          public void append(byte[] bytes, int offset, int length) {}

          @Override
          public void copyTo(LtxOutput out) {}
        };
    LtxWriter writer =
        new LtxWriter((_, _, _) -> {}, incremental(4096, 5), PageEncoding.LITERAL, forgetful);
    writer.page(1, new byte[4096], 0);
    assertThatThrownBy(() -> writer.finish(SOME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scratch");
  }

  @Test
  void writesNothingAfterTheEnd() throws IOException {
    LtxWriter writer = writer(incremental(4096, 5));
    writer.finish(SOME);
    assertThatThrownBy(() -> writer.finish(SOME)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.page(1, new byte[4096], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static LtxWriter writer(LtxHeader header) throws IOException {
    return new LtxWriter((_, _, _) -> {}, header, PageEncoding.LITERAL, Scratch.heap());
  }

  private static LtxHeader incremental(int size, long commit) {
    return LtxHeader.plain(new PageSize(size), commit, new Txid(2), new Txid(2), 1, SOME);
  }

  private static PrimitiveIterator.OfLong numbers(long... pgnos) {
    return LongStream.of(pgnos).iterator();
  }

  private static SequencedMap<Long, byte[]> randomPages(int size, long... pgnos) {
    Random random = new Random(SEED);
    TreeMap<Long, byte[]> pages = new TreeMap<>();
    for (long pgno : pgnos) {
      byte[] page = new byte[size];
      random.nextBytes(page);
      Arrays.fill(page, size / 4, size / 2, (byte) pgno);
      pages.put(pgno, page);
    }
    return pages;
  }
}
