package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageReaderTest {
  private static final long SEED = 5_150;

  @ParameterizedTest
  @ValueSource(ints = {512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536})
  void readsEachPageOfASnapshotWithOneReadAfterTheFirst(int size) throws IOException {
    History history = new History(new Random(SEED), size);
    byte[] file = all(history, 1_200_000 / size);
    HeapObject object = new HeapObject(SampleObjects.single(ObjectKind.SNAPSHOT, file));
    PageReader reader = PageReader.open(object);
    assertThat(object.reads).isEqualTo(1);
    for (var expected : history.pages.entrySet()) {
      object.reads = 0;
      PageReader.Page page = reader.page(expected.getKey()).orElseThrow();
      assertThat(page.pgno()).isEqualTo(expected.getKey());
      assertThat(page.bytes()).as("page %d", page.pgno()).isEqualTo(expected.getValue());
      assertThat(page.checksum())
          .isEqualTo(PageChecksum.of(page.pgno(), expected.getValue(), 0, size));
      assertThat(object.reads).isEqualTo(1);
    }
    assertThat(reader.page(history.pages.size() + 1)).isEmpty();
    assertThat(object.reads).isEqualTo(1);
  }

  @Test
  void tellsAbsentPagesOfAMergedFile() throws IOException {
    History history = new History(new Random(SEED), 4_096);
    all(history, 1_000);
    long[] pgnos = new Random(SEED).longs(1, 1_001).distinct().limit(300).sorted().toArray();
    byte[] file = history.commit(1_000, pgnos);
    HeapObject object = new HeapObject(SampleObjects.single(ObjectKind.MERGED, file));
    PageReader reader = PageReader.open(object);
    SequencedMap<Long, byte[]> expected = Ltx.pages(file);
    for (long pgno = 1; pgno <= 1_000; pgno++) {
      object.reads = 0;
      var page = reader.page(pgno);
      assertThat(page.isPresent()).as("page %d", pgno).isEqualTo(expected.containsKey(pgno));
      if (page.isPresent()) {
        assertThat(page.get().bytes()).isEqualTo(expected.get(pgno));
      }
      assertThat(object.reads).isLessThanOrEqualTo(1);
    }
    assertThat(reader.index().frameCount()).isGreaterThan(3);
  }

  @Test
  void readsAFileWithoutPages() throws IOException {
    History history = new History(new Random(SEED));
    all(history, 3);
    byte[] file = history.commit(3, new long[0]);
    PageReader reader =
        PageReader.open(new HeapObject(SampleObjects.single(ObjectKind.MERGED, file)));
    assertThat(reader.page(1)).isEmpty();
  }

  @Test
  void takesASecondLookAtALongIndexFrame() throws IOException {
    byte[] object = manyFrames(30_000);
    HeapObject counted = new HeapObject(object);
    PageReader reader = PageReader.open(counted);
    assertThat(IndexFrame.frameBytes(object)).isGreaterThan(64 << 10);
    assertThat(counted.reads).isEqualTo(2);
    assertThat(reader.page(reader.index().frame(20_000).firstPgno())).isPresent();
    assertThat(counted.reads).isEqualTo(3);
  }

  @Test
  void takesTheSizeOfAListingAsAHint() throws IOException {
    byte[] object =
        SampleObjects.single(ObjectKind.SNAPSHOT, all(new History(new Random(SEED)), 9));
    HeapObject counted = new HeapObject(object);
    assertThat(PageReader.open(counted, object.length).page(9)).isPresent();
    assertThat(counted.reads).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 65_536})
  void knowsTheLockPage(int size) throws IOException {
    long lock = new PageSize(size).lockPgno();
    LtxHeader header =
        LtxHeader.plain(
            new PageSize(size), lock + 1, new Txid(2), new Txid(2), 1, new Checksum(-5));
    SequencedMap<Long, byte[]> pages = new TreeMap<>();
    pages.put(lock - 1, Ltx.filled(size, 1));
    pages.put(lock + 1, Ltx.filled(size, 2));
    byte[] file = Ltx.write(header, pages, new Checksum(-6), PageEncoding.LITERAL);
    PageReader reader =
        PageReader.open(new HeapObject(SampleObjects.single(ObjectKind.MERGED, file)));
    assertThat(reader.page(lock - 1).orElseThrow().bytes()).isEqualTo(Ltx.filled(size, 1));
    assertThat(reader.page(lock)).isEmpty();
    assertThat(reader.page(lock + 1).orElseThrow().bytes()).isEqualTo(Ltx.filled(size, 2));
  }

  @Test
  void refusesSegments() throws IOException {
    byte[] object =
        SampleObjects.segment(Position.START, 512, List.of(all(new History(new Random(SEED)), 3)));
    PageReader reader = PageReader.open(new HeapObject(object));
    assertThatThrownBy(() -> reader.page(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("segment");
    assertThatThrownBy(() -> PageReader.open(new HeapObject(new byte[3])))
        .isInstanceOf(CorruptLtxException.class);
  }

  @Test
  void neverAnswersAWrongPageForAFlippedByte() throws IOException {
    History history = new History(new Random(SEED));
    byte[] object = SampleObjects.single(ObjectKind.SNAPSHOT, all(history, 4));
    int refused = 0;
    for (int at = 0; at < object.length; at++) {
      byte[] damaged = object.clone();
      damaged[at] ^= 0x10;
      try {
        PageReader reader = PageReader.open(new HeapObject(damaged));
        if (reader.index().file(0).databasePages() == 4) {
          for (var page : history.pages.entrySet()) {
            assertThat(reader.page(page.getKey()).orElseThrow().bytes())
                .as("byte %d", at)
                .isEqualTo(page.getValue());
          }
        }
      } catch (CorruptLtxException _) {
        refused++;
      }
    }
    // What is left is outside of what a reader of single pages is held to: the digest, ids, time.
    assertThat(refused).isGreaterThan(object.length * 9 / 10);
  }

  @Test
  void refusesAnObjectThatIsCutShortOrReplaced() throws IOException {
    byte[] object =
        SampleObjects.single(ObjectKind.SNAPSHOT, all(new History(new Random(SEED)), 3_000));
    for (int length : new int[] {0, 3, 100, object.length - 1}) {
      assertThatThrownBy(() -> PageReader.open(new HeapObject(Arrays.copyOf(object, length))))
          .isInstanceOf(CorruptLtxException.class);
    }
    RangedObject shortParts =
        new RangedObject() {
          @Override
          public Tail last(int length) {
            return new HeapObject(object).last(length);
          }

          @Override
          public byte[] part(long offset, int length) {
            return new HeapObject(object).part(offset, length - 1);
          }
        };
    assertThatThrownBy(() -> PageReader.open(shortParts).page(1))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("data frame 0 has");
  }

  @Test
  void refusesRowsThatNameOtherPages() throws IOException {
    byte[] object =
        SampleObjects.single(ObjectKind.SNAPSHOT, all(new History(new Random(SEED)), 2_000));
    List<FrameRow> rows = SampleObjects.frames(IndexFrame.decode(object, object.length));
    FrameRow second = rows.get(1);
    rows.set(
        1,
        new FrameRow(second.compressedSize(), second.decompressedSize(), second.firstPgno() - 1));
    PageReader reader =
        PageReader.open(new HeapObject(WrongIndex.of(object).frames(rows).object()));
    assertThat(reader.page(1)).isPresent();
    assertThatThrownBy(() -> reader.page(second.firstPgno()))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("where it cannot be");
  }

  @Test
  void refusesASnapshotWithoutOneOfItsPages() throws IOException {
    byte[] object =
        SampleObjects.single(ObjectKind.SNAPSHOT, all(new History(new Random(SEED)), 9));
    FileRow row = IndexFrame.decode(object, object.length).file(0);
    FileRow larger =
        new FileRow(row.timestampMillis(), row.after(), row.length(), row.pages(), 3_000_000L);
    PageReader reader =
        PageReader.open(new HeapObject(WrongIndex.of(object).files(List.of(larger)).object()));
    assertThatThrownBy(() -> reader.page(10))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("does not have page 10");
    assertThat(reader.page(new PageSize(512).lockPgno())).isEmpty();
  }

  /// The first transaction of a database, with all pages.
  private static byte[] all(History history, int pages) throws IOException {
    long[] pgnos = new long[pages];
    Arrays.setAll(pgnos, i -> i + 1);
    return history.commit(pages, pgnos);
  }

  /// A merged file whose data frames hold one page each, as another writer may cut them; its LTX
  /// file has no end.
  private static byte[] manyFrames(int frames) throws IOException {
    Random random = new Random(SEED);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    List<FrameRow> rows = new ArrayList<>();
    LtxHeader header =
        LtxHeader.plain(new PageSize(512), 1L << 31, new Txid(2), new Txid(2), 1, new Checksum(-5));
    long pgno = 0;
    long length = 0;
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setChecksum(true).setContentSize(true).setLevel(1);
      for (int i = 0; i < frames; i++) {
        pgno += 1 + random.nextInt(50);
        byte[] content = frame(header, i == 0, pgno, random.nextInt(400), random);
        byte[] packed = context.compress(content);
        rows.add(new FrameRow(packed.length, content.length, pgno));
        data.writeBytes(packed);
        length += content.length;
      }
    }
    FileRow file = new FileRow(1, new Checksum(-6), length, frames, 1L << 31);
    byte[] small =
        SampleObjects.single(
            ObjectKind.MERGED,
            Ltx.write(header, new TreeMap<>(), new Checksum(-6), PageEncoding.LITERAL));
    return WrongIndex.of(small).data(data.toByteArray()).files(List.of(file)).frames(rows).object();
  }

  private static byte[] frame(
      LtxHeader header, boolean first, long pgno, int noise, Random random) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    if (first) {
      content.writeBytes(header.encode());
    }
    byte[] page = new byte[512];
    byte[] start = new byte[noise];
    random.nextBytes(start);
    System.arraycopy(start, 0, page, 0, noise);
    byte[] payload = RawLtx.literal(page);
    byte[] head = new byte[LtxWriter.PAGE_HEADER_BYTES];
    Bytes.putInt(head, 0, (int) pgno);
    Bytes.putShort(head, 4, LtxWriter.SIZE_PREFIXED);
    Bytes.putInt(head, 6, payload.length);
    content.writeBytes(head);
    content.writeBytes(payload);
    return content.toByteArray();
  }
}
