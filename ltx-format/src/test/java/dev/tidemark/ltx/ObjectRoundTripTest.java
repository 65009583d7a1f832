package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectRoundTripTest {
  private static final long SEED = 3_141;

  @Test
  void givesBackTheFilesOfASegment() throws IOException {
    History history = new History(new Random(SEED));
    history.commit();
    Position start = history.position();
    List<byte[]> files = commits(history, 20);
    byte[] object = SampleObjects.segment(start, 512, files);
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.identity()).isEqualTo(SampleObjects.identity(ObjectKind.SEGMENT, start, 512));
    assertThat(index.start()).isEqualTo(start);
    assertThat(index.end()).isEqualTo(history.position());
    assertThat(index.last()).isEqualTo(new Txid(21));
    assertThat(index.fileCount()).isEqualTo(20);
    assertThat(index.position(0).txid()).isEqualTo(new Txid(2));
    assertThat(index.position(19)).isEqualTo(index.end());
    assertThat(index.objectBytes()).isEqualTo(object.length);
    assertThat(SampleObjects.read(object)).usingElementComparator(Arrays::compare).isEqualTo(files);
  }

  @Test
  void beginsAtTheStart() throws IOException {
    History history = new History(new Random(SEED));
    byte[] object = SampleObjects.segment(Position.START, 512, commits(history, 3));
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.start()).isEqualTo(Position.START);
    assertThat(SampleObjects.read(object)).hasSize(3);
  }

  @Test
  void carriesASnapshotInSlotOne() throws IOException {
    History history = new History(new Random(SEED));
    List<byte[]> files = commits(history, 5);
    byte[] snapshot = SampleObjects.merged(files);
    byte[] object = SampleObjects.segment(Position.START, 512, List.of(snapshot));
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.last()).isEqualTo(new Txid(5));
    assertThat(index.position(0)).isEqualTo(history.position());
    assertThat(SampleObjects.read(object)).hasSize(1);
  }

  @Test
  void givesTheSameBytesAgain() throws IOException {
    History history = new History(new Random(SEED), 4_096);
    List<byte[]> files = commits(history, 30);
    assertThat(SampleObjects.segment(Position.START, 4_096, files))
        .isEqualTo(SampleObjects.segment(Position.START, 4_096, files));
  }

  @Test
  void readsAheadOnAnExecutor() throws IOException {
    byte[] object = SampleObjects.single(ObjectKind.SNAPSHOT, snapshot(4_096, 1_000));
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      IndexFrame index = IndexFrame.decode(object, object.length);
      try (ObjectReader reader =
          new ObjectReader(new ByteArrayInputStream(object), index, 4, executor)) {
        reader.finish();
        reader.finish();
      }
    }
  }

  @Test
  void letsTheCallerLeaveEarly() throws IOException {
    byte[] object = SampleObjects.single(ObjectKind.SNAPSHOT, snapshot(4_096, 300));
    IndexFrame index = IndexFrame.decode(object, object.length);
    ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 2, Runnable::run);
    assertThat(reader.nextFile()).isTrue();
    assertThat(reader.file().next()).isTrue();
    assertThat(reader.row().databasePages()).isEqualTo(300);
    reader.close();
    reader.close();
  }

  @Test
  void sharesFramesAmongSmallTransactionsOnly() throws IOException {
    // Files of 2.0, 3.9, 3.9, 9.9, 2.0 MiB: the first two share a frame, the fourth is cut by
    // pages.
    History history = new History(new Random(SEED), 65_536);
    List<byte[]> files = new ArrayList<>();
    for (int pages : new int[] {32, 62, 62, 158, 32}) {
      long[] pgnos = new long[pages];
      Arrays.setAll(pgnos, i -> i + 1);
      files.add(history.commit(Math.max(pages, history.pages.size()), pgnos));
    }
    byte[] object = SampleObjects.segment(Position.START, 65_536, files);
    IndexFrame index = IndexFrame.decode(object, object.length);
    List<FrameRow> rows = SampleObjects.frames(index);
    assertThat(rows.get(0).decompressedSize()).isEqualTo(files.get(0).length + files.get(1).length);
    assertThat(rows.get(0).firstPgno()).isZero();
    assertThat(rows.get(1).decompressedSize()).isEqualTo(files.get(2).length);
    assertThat(rows.get(1).firstPgno()).isEqualTo(1);
    // 256 KiB hold three frames of 65 804 bytes.
    assertThat(rows.get(2)).extracting(FrameRow::decompressedSize).isEqualTo(100 + 3 * 65_804);
    assertThat(rows.get(3).decompressedSize()).isEqualTo(3 * 65_804);
    assertThat(rows.get(3).firstPgno()).isEqualTo(4);
    assertThat(rows.get(rows.size() - 2).firstPgno()).isZero();
    assertThat(rows.getLast().decompressedSize()).isEqualTo(files.getLast().length);
    assertThat(SampleObjects.read(object)).usingElementComparator(Arrays::compare).isEqualTo(files);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4_096, 65_536})
  void cutsSnapshotsByPages(int size) throws IOException {
    int pages = 3_000_000 / size;
    byte[] file = snapshot(size, pages);
    byte[] object = SampleObjects.single(ObjectKind.SNAPSHOT, file);
    IndexFrame index = IndexFrame.decode(object, object.length);
    int frameBytes = 10 + RawLtx.literal(new byte[size]).length;
    int whole = (256 << 10) / frameBytes;
    List<FrameRow> rows = SampleObjects.frames(index);
    int inFirst = ((256 << 10) - 100) / frameBytes;
    assertThat(rows.getFirst())
        .isEqualTo(new FrameRow(rows.getFirst().compressedSize(), 100 + inFirst * frameBytes, 1));
    assertThat(rows.get(1).decompressedSize()).isEqualTo(whole * frameBytes);
    assertThat(rows.get(1).firstPgno()).isEqualTo(inFirst + 1);
    assertThat(rows.getLast().firstPgno()).isZero();
    for (FrameRow row : rows) {
      assertThat(row.decompressedSize()).isLessThanOrEqualTo(256 << 10);
    }
    assertThat(SampleObjects.read(object).getFirst()).isEqualTo(file);
    SequencedMap<Long, byte[]> expected = Ltx.pages(file);
    for (long pgno = 1; pgno <= pages; pgno += 37) {
      int frame = index.frameOfPage(pgno).orElseThrow();
      byte[] packed = SampleObjects.packed(object, index, frame);
      assertThat(DataFrame.page(index, frame, packed, pgno).orElseThrow())
          .as("page %d", pgno)
          .isEqualTo(expected.get(pgno));
    }
  }

  @Test
  void saysThatAPageIsNotInItsFrame() throws IOException {
    History history = new History(new Random(SEED));
    history.commit(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    byte[] object = SampleObjects.single(ObjectKind.MERGED, history.commit(9, 3, 7));
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.frameOfPage(2)).isEmpty();
    byte[] packed = SampleObjects.packed(object, index, 0);
    assertThat(DataFrame.page(index, 0, packed, 5)).isEmpty();
    assertThat(DataFrame.page(index, 0, packed, 9)).isEmpty();
    assertThat(DataFrame.page(index, 0, packed, 7)).hasValue(history.pages.get(7L));
    packed[packed.length - 1] ^= 1;
    assertThatThrownBy(() -> DataFrame.page(index, 0, packed, 7))
        .isInstanceOf(CorruptLtxException.class);
    byte[] tail = SampleObjects.packed(object, index, 1);
    assertThatThrownBy(() -> DataFrame.page(index, 1, tail, 7))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cutsALongPageIndex() throws IOException {
    byte[] file = snapshot(512, 60_000);
    byte[] object = SampleObjects.single(ObjectKind.SNAPSHOT, file);
    IndexFrame index = IndexFrame.decode(object, object.length);
    List<FrameRow> tail =
        SampleObjects.frames(index).stream().filter(r -> r.firstPgno() == 0).toList();
    assertThat(tail).hasSizeGreaterThan(1);
    assertThat(tail.getFirst().decompressedSize()).isEqualTo(256 << 10);
    assertThat(SampleObjects.read(object).getFirst()).isEqualTo(file);
  }

  @Test
  void carriesAMergedFileWithoutPages() throws IOException {
    History history = new History(new Random(SEED));
    history.commit(2, 1, 2);
    byte[] deletion = history.commit(0);
    byte[] object = SampleObjects.single(ObjectKind.MERGED, deletion);
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.frameCount()).isEqualTo(2);
    assertThat(index.frameOfPage(1)).isEmpty();
    assertThat(SampleObjects.read(object).getFirst()).isEqualTo(deletion);
  }

  @Test
  void cutsTheSameWhetherWrittenOrCopied() throws IOException {
    byte[] file = snapshot(4_096, 500);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SNAPSHOT, Position.START, 4_096);
    try (ObjectWriter writer = new ObjectWriter(out, identity)) {
      LtxReader reader = Ltx.reader(file);
      LtxOutput to = writer.beginFile(-1);
      LtxWriter copy = new LtxWriter(to, reader.header(), PageEncoding.LITERAL, Scratch.heap());
      while (reader.next()) {
        copy.page(reader.pgno(), reader.page(), 0);
      }
      LtxTrailer trailer = copy.finish(reader.finish().postApply());
      writer.endFile(FileRow.of(reader.header(), trailer, copy.length(), reader.pages()));
      writer.finish(reader.header().maxTxid());
    }
    assertThat(out.toByteArray()).isEqualTo(SampleObjects.single(ObjectKind.SNAPSHOT, file));
  }

  @Test
  void announcedFramesMakeTheSameObject() throws IOException {
    List<byte[]> files = commits(new History(new Random(SEED), 4_096), 60);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 4_096);
    try (ObjectWriter writer = new ObjectWriter(out, identity)) {
      writer.beginSharedFrame(files.stream().mapToLong(file -> file.length).sum());
      for (byte[] file : files) {
        writer.copyFile(new ByteArrayInputStream(file), SampleObjects.row(file));
      }
      writer.finish(Ltx.reader(files.getLast()).header().maxTxid());
    }
    assertThat(out.toByteArray())
        .hasSizeGreaterThan(64 << 10)
        .isEqualTo(SampleObjects.segment(Position.START, 4_096, files));
  }

  @Test
  void anAnnouncedFrameHasToBeFilledExactly() throws IOException {
    byte[] file = new History(new Random(SEED)).commit(2, 1, 2);
    try (ObjectWriter writer =
        new ObjectWriter(
            new ByteArrayOutputStream(),
            SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512))) {
      writer.beginSharedFrame(file.length + 1L);
      writer.copyFile(new ByteArrayInputStream(file), SampleObjects.row(file));
      assertThatThrownBy(() -> writer.finish(Ltx.reader(file).header().maxTxid()))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.beginFile(file.length))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesToCopyADamagedFile() throws IOException {
    byte[] file = new History(new Random(SEED)).commit(2, 1, 2);
    FileRow row = SampleObjects.row(file);
    file[300] ^= 1;
    try (ObjectWriter writer =
        new ObjectWriter(
            new ByteArrayOutputStream(),
            SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512))) {
      assertThatThrownBy(() -> writer.copyFile(new ByteArrayInputStream(file), row))
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesToCopyAFileThatIsNotItsRow() throws IOException {
    byte[] file = new History(new Random(SEED)).commit(2, 1, 2);
    FileRow row = SampleObjects.row(file);
    FileRow other =
        new FileRow(row.timestampMillis() + 1, row.after(), row.length(), 2, row.databasePages());
    try (ObjectWriter writer =
        new ObjectWriter(
            new ByteArrayOutputStream(),
            SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512))) {
      assertThatThrownBy(() -> writer.copyFile(new ByteArrayInputStream(file), other))
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void isPlainLtxForTheZstdTool(@TempDir java.nio.file.Path folder) throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        ZstdTool.isPresent(), "the zstd command is not installed, so nothing is compared with it");
    History history = new History(new Random(SEED));
    List<byte[]> files = commits(history, 10);
    byte[] segment = SampleObjects.segment(Position.START, 512, files);
    assertThat(ZstdTool.decompress(folder, segment)).isEqualTo(SampleObjects.concatenated(files));
    byte[] file = snapshot(4_096, 400);
    assertThat(ZstdTool.decompress(folder, SampleObjects.single(ObjectKind.SNAPSHOT, file)))
        .isEqualTo(file);
  }

  static byte[] snapshot(int size, int pages) throws IOException {
    long[] pgnos = new long[pages];
    Arrays.setAll(pgnos, i -> i + 1);
    return new History(new Random(SEED), size).commit(pages, pgnos);
  }

  private static List<byte[]> commits(History history, int count) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(history.commit());
    }
    return files;
  }
}
