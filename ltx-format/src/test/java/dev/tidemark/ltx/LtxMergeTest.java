package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LtxMergeTest {
  private static final long SEED = 90_210;
  private static final PageSize SIZE = new PageSize(512);

  @Test
  void equalsApplyingOneFileAfterTheOther() throws IOException {
    for (int round = 0; round < 400; round++) {
      String seed = "seed %d, round %d".formatted(SEED, round);
      History history = new History(new Random(SEED + round));
      int skipped = history.random.nextInt(4);
      for (int i = 0; i < skipped; i++) {
        history.commit();
      }
      SequencedMap<Long, byte[]> base = history.copy();
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i <= history.random.nextInt(6); i++) {
        files.add(history.commit());
      }
      byte[] merged = merge(files);
      assertThat(Ltx.same(applied(base, merged), history.pages)).as(seed).isTrue();
      LtxReader reader = Ltx.reader(merged);
      assertThat(reader.finish().postApply()).as(seed).isEqualTo(Ltx.rolling(history.pages));
      assertThat(reader.header().minTxid().value()).isEqualTo(skipped + 1);
      assertThat(reader.header().maxTxid()).isEqualTo(history.txid);
    }
  }

  @Test
  void doesNotMatterInHowManySteps() throws IOException {
    for (int round = 0; round < 100; round++) {
      History history = new History(new Random(SEED + round));
      history.commit();
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        files.add(history.commit());
      }
      byte[] atOnce = merge(files);
      byte[] first = merge(files.subList(0, 2));
      byte[] second = merge(files.subList(2, 5));
      assertThat(merge(List.of(first, second, files.get(5))))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(atOnce);
    }
  }

  @Test
  void leavesASingleFileAsItIs() throws IOException {
    History history = new History(new Random(SEED));
    history.commit();
    byte[] file = history.commit(5, 2, 3);
    assertThat(merge(List.of(file))).isEqualTo(file);
  }

  @Test
  void keepsNoPageThatWasCutOff() throws IOException {
    History history = new History(new Random(SEED));
    history.commit(4, 1, 2, 3, 4);
    byte[] grown = history.commit(5, 5);
    byte[] shrunk = history.commit(3, 1);
    byte[] regrown = history.commit(5, 4, 5);
    byte[] merged = merge(List.of(grown, shrunk, regrown));
    assertThat(Ltx.pages(merged)).containsOnlyKeys(1L, 4L, 5L);
    assertThat(Ltx.pages(merged).get(5L)).isEqualTo(history.pages.get(5L));
    assertThat(Ltx.pages(merge(List.of(grown, shrunk)))).containsOnlyKeys(1L);
  }

  @Test
  void refusesAPageThatCameBackUncarried() throws IOException {
    byte[] five = raw(2, 5, 9, 10, 5);
    byte[] three = raw(3, 3, 10, 11, 1);
    byte[] regrown = raw(4, 5, 11, 12, 4);
    assertThatThrownBy(() -> merge(List.of(five, three, regrown)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page 5, which no input carries");
    byte[] holed = raw(4, 5, 11, 12, 5);
    assertThatThrownBy(() -> merge(List.of(five, three, holed)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page 4, which no input carries");
    byte[] grown = raw(3, 7, 10, 11, 7);
    assertThatThrownBy(() -> merge(List.of(five, grown)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page 6, which no input carries");
  }

  @Test
  void mergesADeletionAndANewBeginning() throws IOException {
    History history = new History(new Random(SEED));
    byte[] created = history.commit(2, 1, 2);
    byte[] dropped = history.commit(0);
    byte[] again = history.commit(1, 1);
    assertThat(Ltx.pages(merge(List.of(created, dropped)))).isEmpty();
    assertThat(Ltx.pages(merge(List.of(created, dropped, again)))).containsOnlyKeys(1L);
  }

  @Test
  void takesAFullTransactionOfAnotherPageSizeOnlyAtTheBeginning() throws IOException {
    byte[] small = raw(2, 1, 9, 10, 1);
    byte[] full =
        RawLtx.with(header(1_024, 3, 1, 10)).page(1, new byte[1_024]).postApply(flag(11)).bytes();
    byte[] next =
        RawLtx.with(header(1_024, 4, 1, 11)).page(1, new byte[1_024]).postApply(flag(12)).bytes();
    assertThat(Ltx.pages(merge(List.of(full, next)))).containsOnlyKeys(1L);
    assertThatThrownBy(() -> merge(List.of(small, full, next)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page size 1024");
  }

  @Test
  void stepsOverTheLockPageWhereTheDatabaseGrew() throws IOException {
    PageSize size = new PageSize(65_536);
    long lock = size.lockPgno();
    byte[] page = new byte[65_536];
    byte[] before =
        RawLtx.with(header(65_536, 2, lock - 1, 9)).page(1, page).postApply(flag(10)).bytes();
    byte[] grown =
        RawLtx.with(header(65_536, 3, lock + 1, 10))
            .page(lock + 1, page)
            .postApply(flag(11))
            .bytes();
    assertThat(Ltx.pages(merge(List.of(before, grown)))).containsOnlyKeys(1L, lock + 1);
    byte[] toLock = RawLtx.with(header(65_536, 3, lock, 10)).postApply(flag(11)).bytes();
    assertThat(Ltx.pages(merge(List.of(before, toLock)))).containsOnlyKeys(1L);
  }

  @Test
  void refusesInputsThatDoNotFollow() throws IOException {
    byte[] first = raw(2, 5, 9, 10, 5);
    assertThatThrownBy(() -> merge(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> merge(List.of(first, raw(4, 5, 10, 11, 5))))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("begins with transaction");
    assertThatThrownBy(() -> merge(List.of(first, first)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("begins with transaction");
    assertThatThrownBy(() -> merge(List.of(first, raw(3, 5, 12, 13, 5))))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("continues from checksum");
  }

  @Test
  void mergesFilesWithoutChecksumsAmongThemselves() throws IOException {
    byte[] first = untracked(2, 1).page(1, Ltx.filled(512, 1)).bytes();
    byte[] second = untracked(3, 1).page(1, Ltx.filled(512, 2)).bytes();
    byte[] merged = merge(List.of(first, second));
    assertThat(Ltx.reader(merged).header().tracksChecksums()).isFalse();
    assertThat(Ltx.pages(merged).get(1L)).isEqualTo(Ltx.filled(512, 2));
    assertThatThrownBy(() -> merge(List.of(first, raw(3, 1, 9, 10, 1))))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("flags");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void verifiesEveryInputToItsEnd(int damaged) throws IOException {
    History history = new History(new Random(SEED));
    List<byte[]> files =
        List.of(history.commit(3, 1, 2, 3), history.commit(3, 2), history.commit(1, 1));
    byte[] file = files.get(damaged);
    file[file.length - 1] ^= 1;
    assertThatThrownBy(() -> merge(files))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("file checksum");
  }

  @Test
  void refusesASnapshotWhoseUpdatesDoNotGiveTheirChecksum() throws IOException {
    History history = new History(new Random(SEED));
    byte[] snapshot = history.commit(1, 1);
    Checksum before = Ltx.rolling(history.pages);
    byte[] update =
        RawLtx.with(LtxHeader.plain(SIZE, 1, new Txid(2), new Txid(2), 0, before))
            .page(1, new byte[512])
            .postApply(flag(5))
            .bytes();
    assertThatThrownBy(() -> merge(List.of(snapshot, update)))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("merged pages have checksum");
  }

  private static byte[] merge(List<byte[]> files) throws IOException {
    List<LtxReader> readers = new ArrayList<>();
    for (byte[] file : files) {
      readers.add(Ltx.reader(file));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LtxMerge.merge(readers, out::write, PageEncoding.LITERAL, Scratch.heap());
    return out.toByteArray();
  }

  private static SequencedMap<Long, byte[]> applied(SequencedMap<Long, byte[]> base, byte[] file)
      throws IOException {
    TreeMap<Long, byte[]> pages = new TreeMap<>(base);
    pages.putAll(Ltx.pages(file));
    pages.tailMap(Ltx.reader(file).header().commit(), false).clear();
    return pages;
  }

  private static LtxHeader header(int size, long txid, long commit, long before) {
    return LtxHeader.plain(
        new PageSize(size), commit, new Txid(txid), new Txid(txid), 0, new Checksum(flag(before)));
  }

  private static byte[] raw(long txid, long commit, long before, long after, long pgno) {
    return RawLtx.with(header(512, txid, commit, before))
        .page(pgno, Ltx.filled(512, (int) txid))
        .postApply(flag(after))
        .bytes();
  }

  private static RawLtx untracked(long txid, long commit) {
    Txid number = new Txid(txid);
    return RawLtx.with(
        new LtxHeader(
            LtxHeader.NO_CHECKSUM, SIZE, commit, number, number, 0, Checksum.NONE, 0, 0, 0, 0, 0));
  }

  private static long flag(long value) {
    return Checksum.FLAG | value;
  }
}
