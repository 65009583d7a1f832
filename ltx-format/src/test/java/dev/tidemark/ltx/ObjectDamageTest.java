package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectDamageTest {
  private static final long SEED = 2_718;

  private final List<byte[]> files = new ArrayList<>();
  private byte[] object = new byte[0];

  @BeforeEach
  void writeASegment() throws IOException {
    History history = new History(new Random(SEED));
    files.clear();
    files.add(history.commit(2, 1, 2));
    files.add(history.commit(2, 1));
    files.add(history.commit(3, 3));
    object = SampleObjects.segment(Position.START, 512, files);
  }

  @Test
  void refusesEveryFlippedBit() {
    for (int bit = 0; bit < object.length * 8; bit++) {
      byte[] damaged = object.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(catchThrowable(() -> SampleObjects.read(damaged)))
          .as("bit %d of byte %d of %d", bit % 8, bit / 8, object.length)
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesEveryFlippedBitBehindASoundIndexFrame() throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    for (int at = 0; at < object.length; at++) {
      byte[] damaged = object.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      assertThat(catchThrowable(() -> SampleObjects.read(damaged, index)))
          .as("byte %d of %d", at, object.length)
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesTruncationAtEveryByte() throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    for (int length = 0; length < object.length; length++) {
      byte[] cut = Arrays.copyOf(object, length);
      assertThat(catchThrowable(() -> IndexFrame.decode(cut, cut.length)))
          .as("index frame of the first %d bytes", length)
          .isInstanceOf(CorruptLtxException.class);
      assertThat(catchThrowable(() -> SampleObjects.read(cut, index)))
          .as("first %d bytes", length)
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesBytesBehindTheEnd() throws IOException {
    IndexFrame index = IndexFrame.decode(object, object.length);
    byte[] longer = Arrays.copyOf(object, object.length + 1);
    assertThatThrownBy(() -> SampleObjects.read(longer, index))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("behind the index frame");
  }

  @Test
  void refusesTheIndexFrameOfAnotherObject() throws IOException {
    History history = new History(new Random(SEED));
    byte[] other = SampleObjects.segment(Position.START, 512, List.of(history.commit(2, 1, 2)));
    IndexFrame index = IndexFrame.decode(other, other.length);
    assertThatThrownBy(() -> SampleObjects.read(object, index))
        .isInstanceOf(CorruptLtxException.class);
  }

  @Test
  void refusesFilesOfOtherTransactions() throws IOException {
    Position start = new Position(new Txid(7), new Checksum(Checksum.FLAG | 1));
    ObjectIdentity wrong = SampleObjects.identity(ObjectKind.SEGMENT, start, 512);
    byte[] misplaced = withIdentity(wrong, new Txid(10), files);
    assertThatThrownBy(() -> SampleObjects.read(misplaced))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("has transactions");
  }

  @Test
  void refusesAFileThatContinuesFromAnotherChecksum() throws IOException {
    History history = new History(new Random(SEED + 1));
    history.commit(2, 1, 2);
    List<byte[]> mixed = List.of(files.get(0), history.commit(2, 1));
    byte[] broken =
        withIdentity(
            SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512), new Txid(2), mixed);
    assertThatThrownBy(() -> SampleObjects.read(broken))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("checksum before");
  }

  @Test
  void doesNotRecoverFromAFailure() throws IOException {
    IndexFrame sound = IndexFrame.decode(object, object.length);
    List<FileRow> rows = new ArrayList<>();
    for (int i = 0; i < sound.fileCount(); i++) {
      rows.add(sound.file(i));
    }
    FileRow last = rows.removeLast();
    rows.add(new FileRow(last.timestampMillis() + 1, last.after(), last.length(), 1, 3));
    byte[] broken = WrongIndex.of(object).files(rows).object();
    IndexFrame index = IndexFrame.decode(broken, broken.length);
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(broken), index, 1, Runnable::run)) {
      assertThatThrownBy(reader::finish)
          .isInstanceOf(CorruptLtxException.class)
          .hasMessageContaining("its row says");
      assertThatThrownBy(reader::finish).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(reader::nextFile).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesAFileOfAnotherPageSize() throws IOException {
    byte[] broken =
        withIdentity(
            SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 1_024), new Txid(3), files);
    assertThatThrownBy(() -> SampleObjects.read(broken))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("page size 512, expected 1024");
  }

  @Test
  void refusesToCopyAFileThatDoesNotFollow() throws IOException {
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512);
    assertThatThrownBy(() -> SampleObjects.object(identity, List.of(files.get(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("continues from");
    assertThatThrownBy(() -> SampleObjects.object(identity, List.of(files.get(0), files.get(2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("continues from");
  }

  @Test
  void refusesToCopyAFileThatIsLongerThanItsRow() throws IOException {
    FileRow row = SampleObjects.row(files.getFirst());
    FileRow shorter = new FileRow(row.timestampMillis(), row.after(), row.length() - 1, 2, 2);
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512);
    try (ObjectWriter writer = new ObjectWriter(new ByteArrayOutputStream(), identity)) {
      assertThatThrownBy(() -> writer.copyFile(new ByteArrayInputStream(files.getFirst()), shorter))
          .isInstanceOf(CorruptLtxException.class)
          .hasMessageContaining("cut short");
    }
  }

  @Test
  void doesNotWriteWhatAReaderWouldRefuse() {
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512);
    assertThatThrownBy(() -> withIdentity(identity, new Txid(9), files))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LTX files for");
  }

  @Test
  void refusesAFirstPageThatIsNotThere() throws IOException {
    byte[] snapshot = ObjectRoundTripTest.snapshot(4_096, 200);
    byte[] sound = SampleObjects.single(ObjectKind.SNAPSHOT, snapshot);
    IndexFrame index = IndexFrame.decode(sound, sound.length);
    List<FrameRow> rows = new ArrayList<>(SampleObjects.frames(index));
    FrameRow second = rows.get(1);
    rows.set(
        1,
        new FrameRow(second.compressedSize(), second.decompressedSize(), second.firstPgno() + 1));
    byte[] broken = WrongIndex.of(sound).frames(rows).object();
    assertThatThrownBy(() -> SampleObjects.read(broken))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("first page of data frame 1");
  }

  @Test
  void refusesAZstdFrameThatInflatesToMore() throws IOException {
    byte[] bomb = Zstd.compress(new byte[20 << 20]);
    try (ZstdFrames zstd = new ZstdFrames()) {
      assertThatThrownBy(() -> zstd.decode(bomb, 1_000, 0)).isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesZstdFramesWithoutSizeOrChecksum() {
    byte[] plain = Zstd.compress(new byte[100_000]);
    try (ZstdFrames zstd = new ZstdFrames()) {
      assertThatThrownBy(() -> zstd.decode(plain, 100_000, 0))
          .isInstanceOf(CorruptLtxException.class)
          .hasMessageContaining("content checksum");
      assertThatThrownBy(() -> zstd.decode(new byte[3], 1, 0))
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void holdsItsWriterToTheOrder() throws IOException {
    ObjectIdentity identity = SampleObjects.identity(ObjectKind.SEGMENT, Position.START, 512);
    FileRow row = SampleObjects.row(files.getFirst());
    try (ObjectWriter writer = new ObjectWriter(new ByteArrayOutputStream(), identity)) {
      assertThatThrownBy(() -> writer.endFile(row)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.finish(new Txid(1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.beginFile(-1)).isInstanceOf(IllegalArgumentException.class);
      LtxOutput out = writer.beginFile(100);
      assertThatThrownBy(() -> writer.beginFile(100)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> out.write(new byte[101], 0, 101))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.endFile(row)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static byte[] withIdentity(ObjectIdentity identity, Txid last, List<byte[]> files)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectWriter writer = new ObjectWriter(out, identity)) {
      for (byte[] file : files) {
        LtxOutput to = writer.beginFile(file.length);
        to.write(file, 0, file.length);
        writer.endFile(SampleObjects.row(file));
      }
      writer.finish(last);
    }
    return out.toByteArray();
  }
}
