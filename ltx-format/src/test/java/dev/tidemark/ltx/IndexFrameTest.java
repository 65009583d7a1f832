package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexFrameTest {
  private static final long SEED = 1_618;

  private byte[] object = new byte[0];

  @BeforeEach
  void writeASegment() throws IOException {
    History history = new History(new Random(SEED));
    history.commit(2, 1, 2);
    Position start = history.position();
    List<byte[]> files = List.of(history.commit(2, 1), history.commit(3, 3), history.commit(1));
    object = SampleObjects.segment(start, 512, files);
  }

  @Test
  void standsAtItsPlaces() throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    int at = (int) index.dataBytes();
    assertThat(HexFormat.of().formatHex(object, at, at + 4)).isEqualTo("542a4d18");
    int payload = Bytes.getIntLittle(object, at + 4);
    assertThat(at + 8 + payload).isEqualTo(object.length);
    assertThat(Bytes.getInt(object, object.length - 4)).isEqualTo(payload);
    int p = at + 8;
    assertThat(new String(object, p, 4, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("TMRK");
    assertThat(HexFormat.of().formatHex(object, p + 4, p + 8)).isEqualTo("00010101");
    assertThat(Bytes.getLong(object, p + 16)).isEqualTo(SampleObjects.RUN.low());
    assertThat(Bytes.getLong(object, p + 32)).isEqualTo(SampleObjects.DATABASE.low());
    assertThat(Bytes.getLong(object, p + 40)).isEqualTo(2);
    assertThat(Bytes.getLong(object, p + 48)).isEqualTo(4);
    assertThat(Bytes.getLong(object, p + 56)).isEqualTo(index.start().checksum().value());
    assertThat(Bytes.getLong(object, p + 64)).isEqualTo(index.after().value());
    assertThat(Bytes.getInt(object, p + 72)).isEqualTo(512);
    assertThat(Bytes.getInt(object, p + 76)).isEqualTo(3);
    assertThat(Bytes.getInt(object, p + 80)).isEqualTo(1);
    assertThat(payload).isEqualTo(124 + Bytes.getInt(object, p + 84));
    byte[] digest = Digests.sha256().digest(Arrays.copyOf(object, object.length - 36));
    assertThat(index.digest()).isEqualTo(digest);
  }

  @Test
  void needsOnlyTheTail() throws IOException {
    byte[] last = Arrays.copyOfRange(object, object.length - 4, object.length);
    int frame = (int) IndexFrame.frameBytes(last);
    byte[] tail = Arrays.copyOfRange(object, object.length - frame, object.length);
    assertThat(IndexFrame.decode(tail, object.length).fileCount()).isEqualTo(3);
    byte[] less = Arrays.copyOfRange(tail, 1, frame);
    assertThatThrownBy(() -> IndexFrame.decode(less, object.length))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "-8, 552a4d18, skippable",
    "-4, 00000000, says 0",
    "0, 544d524c, TMRK",
    "4, 0002, newer version",
    "4, 0000, format version is 0",
    "6, 00, kind is 0",
    "6, 04, kind is 4",
    "6, 02, LTX files for",
    "6, 03, LTX files for",
    "7, 02, codec is 2",
    "40, 0000000000000000, transaction number",
    "40, 8000000000000001, transaction number",
    "40, 0000000000000003, LTX files for",
    "40, 0000000000000009, before the first",
    "48, 7fffffffffffffff, transaction number",
    "48, 0000000000000005, LTX files for",
    "48, 0000000000000001, before the first",
    "56, 0000000000000000, checksum before",
    "56, 0000000000000001, checksum before",
    "64, 0000000000000000, checksum after",
    "64, 8000000000000001, another checksum than",
    "72, 00000201, page size",
    "76, 00000000, LTX files",
    "76, 00002711, LTX files",
    "80, 00000000, data frames",
    "80, 01000000, data frames",
    "80, 00ffffff, data frames in",
    "80, 00000002, zstd frame of",
    "84, 00000001, bytes of rows in room",
  })
  void refusesAWrongField(int at, String hex, String reason) throws IOException {
    int payload = (int) IndexFrame.decode(object, object.length).dataBytes() + 8;
    byte[] patch = HexFormat.of().parseHex(hex);
    System.arraycopy(patch, 0, object, payload + at, patch.length);
    assertThatThrownBy(() -> IndexFrame.decode(object, object.length))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesFileRowsThatCannotBe() throws IOException {
    List<FileRow> rows = rows();
    FileRow last = rows.getLast();
    refuses(with(rows, new FileRow(0, last.after(), 130, 0, 1)), "has length 130");
    refuses(with(rows, new FileRow(0, last.after(), -1, 0, 1)), "has length -1");
    refuses(with(rows, new FileRow(0, Checksum.NONE, last.length(), 0, 1)), "checksum 0000");
    refuses(with(rows, new FileRow(0, last.after(), last.length(), 2, 1)), "has 2 of 1 pages");
    refuses(with(rows, new FileRow(0, last.after(), last.length() + 1, 0, 1)), "LTX files have");
    refuses(with(rows, new FileRow(0, last.after(), Long.MAX_VALUE, 0, 1)), "LTX files have");
  }

  @Test
  void refusesFrameRowsThatCannotBe() throws IOException {
    FrameRow row = IndexFrame.decode(object, object.length).frame(0);
    int packed = row.compressedSize();
    int content = row.decompressedSize();
    for (FrameRow wrong :
        List.of(
            new FrameRow(packed + 1, content, 0),
            new FrameRow(packed, content + 1, 0),
            new FrameRow(packed, (8 << 20) + 1, 0),
            new FrameRow(packed, -1, 0),
            new FrameRow(packed, 0, 0),
            new FrameRow(-1, content, 0),
            new FrameRow(12, content, 0))) {
      byte[] broken = WrongIndex.of(object).frames(List.of(wrong)).object();
      assertThat(catchThrowable(() -> IndexFrame.decode(broken, broken.length)))
          .as(wrong.toString())
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesFirstPagesOutOfOrder() throws IOException {
    byte[] snapshot =
        SampleObjects.single(ObjectKind.SNAPSHOT, ObjectRoundTripTest.snapshot(4_096, 200));
    IndexFrame sound = IndexFrame.decode(snapshot, snapshot.length);
    List<FrameRow> rows = SampleObjects.frames(sound);
    List<FrameRow> wrong = new ArrayList<>();
    for (FrameRow row : rows) {
      wrong.add(new FrameRow(row.compressedSize(), row.decompressedSize(), 7));
    }
    byte[] broken = WrongIndex.of(snapshot).frames(wrong).object();
    assertThatThrownBy(() -> IndexFrame.decode(broken, broken.length))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("begins with page 7 after page 7");
  }

  @Test
  void refusesCountsThatAreNotThoseOfTheRows() throws IOException {
    byte[] broken = WrongIndex.of(object).object(3, 40);
    assertThatThrownBy(() -> IndexFrame.decode(broken, broken.length))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("zstd frame of");
  }

  @Test
  void findsTheFrameOfAPage() throws IOException {
    byte[] snapshot =
        SampleObjects.single(ObjectKind.SNAPSHOT, ObjectRoundTripTest.snapshot(512, 150_000));
    IndexFrame index = IndexFrame.decode(snapshot, snapshot.length);
    assertThat(index.frameOfPage(0)).isEmpty();
    long offset = 0;
    for (int i = 0; i < index.frameCount(); i++) {
      FrameRow row = index.frame(i);
      assertThat(index.frameOffset(i)).isEqualTo(offset);
      offset += row.compressedSize();
      if (row.firstPgno() != 0) {
        assertThat(index.frameOfPage(row.firstPgno())).hasValue(i);
        assertThat(index.frameOfPage(row.firstPgno() + 1)).hasValue(i);
      }
    }
    assertThat(offset).isEqualTo(index.dataBytes());
    assertThat(index.frameCount()).isGreaterThan(256);
  }

  @Test
  void asksForTheTailThatNearlyAlwaysHoldsIt() {
    assertThat(IndexFrame.tailBytes(1_000)).isEqualTo(1_000);
    assertThat(IndexFrame.tailBytes(1 << 20)).isEqualTo(64 << 10);
    assertThat(IndexFrame.tailBytes(1L << 30)).isEqualTo(1 << 18);
    assertThat(IndexFrame.tailBytes(1L << 40)).isEqualTo(8 << 20);
    assertThat(IndexFrame.tailBytes(Long.MAX_VALUE)).isEqualTo(8 << 20);
  }

  private List<FileRow> rows() throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    return List.of(index.file(0), index.file(1), index.file(2));
  }

  private static List<FileRow> with(List<FileRow> rows, FileRow last) {
    return List.of(rows.get(0), rows.get(1), last);
  }

  private void refuses(List<FileRow> rows, String reason) throws IOException {
    byte[] broken = WrongIndex.of(object).files(rows).object();
    assertThatThrownBy(() -> IndexFrame.decode(broken, broken.length))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining(reason);
  }
}
