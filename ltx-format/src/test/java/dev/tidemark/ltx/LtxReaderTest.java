package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.SequencedMap;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every wrong file here has the file checksum that its bytes have, so that the rule under test has
/// to speak.
class LtxReaderTest {
  private static final long SEED = 7_041;
  private static final PageSize SIZE = new PageSize(512);
  private static final long SOME = Checksum.FLAG | 77;
  private static final byte[] ONES = Ltx.filled(512, 1);
  private static final byte[] TWOS = Ltx.filled(512, 2);

  @Test
  void leavesTheStreamRightBehindTheFile() throws IOException {
    byte[] file = incremental(9).page(1, ONES).page(2, TWOS).postApply(SOME).bytes();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(file);
    both.writeBytes(GoldenFileTest.SNAPSHOT);
    ByteArrayInputStream in = new ByteArrayInputStream(both.toByteArray());
    LtxReader first = new LtxReader(in);
    first.finish();
    assertThat(first.length()).isEqualTo(file.length);
    assertThat(first.pages()).isEqualTo(2);
    assertThat(new LtxReader(in).finish().fileChecksum()).hasToString("bca7facc312144c6");
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void refusesAnUnorderedPage() {
    refuses(incremental(9).page(2, ONES).page(1, TWOS).postApply(SOME), "page 1 after page 2");
  }

  @Test
  void refusesADuplicatePage() {
    refuses(incremental(9).page(2, ONES).page(2, TWOS).postApply(SOME), "page 2 after page 2");
  }

  @Test
  void refusesAPageBeyondTheCommitSize() {
    refuses(incremental(1).page(9, ONES).postApply(SOME), "beyond the commit size 1");
    refuses(incremental(1).page(0xffff_ffffL, ONES).postApply(SOME), "beyond the commit size 1");
  }

  @Test
  void refusesTheLockPage() {
    refuses(incremental(3_000_000).page(2_097_153, ONES).postApply(SOME), "is the lock page");
  }

  @Test
  void refusesAnIncompleteSnapshot() {
    refuses(snapshot(3, 0).page(1, ONES).postApply(sum(ONES)), "snapshot has 1 of 3 pages");
    refuses(snapshot(3, 0).page(1, ONES).page(3, ONES).postApply(SOME), "page 3 where 2 is next");
    refuses(snapshot(2, LtxHeader.NO_CHECKSUM).page(1, ONES), "snapshot has 1 of 2 pages");
  }

  @Test
  void refusesASnapshotWithAnotherRollingChecksum() {
    refuses(snapshot(1, 0).page(1, ONES).postApply(SOME), "that of the pages is");
  }

  @Test
  void refusesAnIndexThatIsNotThatOfThePages() {
    String reason = "page index";
    refuses(twoPages().index(bytes -> changed(bytes, 0)), reason);
    refuses(twoPages().index(bytes -> changed(bytes, 1)), reason);
    refuses(twoPages().index(bytes -> changed(bytes, 2)), reason);
    refuses(twoPages().index(bytes -> changed(bytes, bytes.length - 1)), reason);
    refuses(twoPages().index(bytes -> new byte[1]), reason);
    refuses(twoPages().index(bytes -> Arrays.copyOf(bytes, bytes.length + 3)), reason);
    refuses(twoPages().indexSizeError(1), reason);
    refuses(twoPages().indexSizeError(-1), reason);
  }

  @Test
  void refusesATrailerOfTheWrongForm() {
    refuses(incremental(9).page(1, ONES).postApply(0), "checksum after cannot be");
    refuses(incremental(9).page(1, ONES).postApply(5), "checksum after cannot be");
    refuses(incremental(0).postApply(SOME), "checksum after cannot be");
    refuses(snapshot(1, LtxHeader.NO_CHECKSUM).page(1, ONES).postApply(SOME), "cannot be");
  }

  @Test
  void refusesAnotherFileChecksum() {
    byte[] file = incremental(9).page(1, ONES).postApply(SOME).bytes();
    file[file.length - 1] ^= 1;
    assertThatThrownBy(() -> Ltx.pages(file))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("file checksum");
  }

  @Test
  void refusesOversizedPayloadsBeforeReadingThem() {
    byte[] literal = RawLtx.literal(ONES);
    for (int size : new int[] {0, 512 + 2 + 17, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      refuses(incremental(9).page(1, 1, size, literal, ONES).postApply(SOME), "payload of");
    }
  }

  @Test
  void refusesPayloadsThatAreNotOnePage() {
    byte[] half = RawLtx.literal(Ltx.filled(300, 1));
    refuses(incremental(9).page(1, half, ONES).postApply(SOME), "inflates to 300 of 512");
    byte[] more = RawLtx.literal(Ltx.filled(520, 1));
    refuses(incremental(9).page(1, more, ONES).postApply(SOME), "LZ4 block");
    byte[] beyond = Ltx.hex("1f310100ffffffffffffff00");
    refuses(incremental(9).page(1, beyond, ONES).postApply(SOME), "");
    byte[] reference = Ltx.hex("1f31ff00ffda000200000200b03131313131313131313131");
    refuses(incremental(9).page(1, reference, ONES).postApply(SOME), "");
  }

  @Test
  void refusesUnknownFlagsAndAMarkedEnd() {
    byte[] literal = RawLtx.literal(ONES);
    refuses(incremental(9).page(1, 2, literal.length, literal, ONES).postApply(SOME), "page flags");
    refuses(incremental(9).page(1, 3, literal.length, literal, ONES).postApply(SOME), "page flags");
    refuses(incremental(9).endMarker(new byte[] {0, 0, 0, 0, 0, 1}).postApply(SOME), "page 0 with");
  }

  @Test
  void refusesTruncationAtEveryByte() {
    byte[] file = twoPages().bytes();
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThat(catchThrowable(() -> Ltx.pages(cut)))
          .as("cut to %d bytes", length)
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void refusesEveryFlippedBitOrGivesTheSamePages() throws IOException {
    everyFlippedBit(GoldenFileTest.INCREMENTAL);
    everyFlippedBit(twoPages().bytes());
    everyFlippedBit(
        incremental(9).framePage(1, frame(0x64, 0x40, ONES, true), ONES).postApply(SOME).bytes());
  }

  @Test
  void neverThrowsAnotherExceptionForAnyBytes() {
    Random random = new Random(SEED);
    byte[] file = twoPages().bytes();
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = file.clone();
      int changes = 1 + random.nextInt(8);
      for (int i = 0; i < changes; i++) {
        // Behind the header most of the time, where there is more to go wrong.
        int at = random.nextInt(4) == 0 ? random.nextInt(100) : 100 + random.nextInt(40);
        damaged[at] = (byte) random.nextInt();
      }
      Throwable thrown = catchThrowable(() -> Ltx.pages(damaged));
      assertThat(thrown == null || thrown instanceof CorruptLtxException)
          .as("seed %d, round %d: %s", SEED, round, thrown)
          .isTrue();
    }
  }

  @Test
  void neverThrowsAnotherExceptionForAnyLz4Block() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      byte[] payload = new byte[1 + random.nextInt(40)];
      random.nextBytes(payload);
      byte[] file = incremental(9).page(1, payload, ONES).postApply(SOME).bytes();
      assertThat(catchThrowable(() -> Ltx.pages(file)))
          .as("seed %d, round %d", SEED, round)
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x40, 0x60, 0x64, 0x68, 0x6c, 0x70, 0x7c})
  void readsFramesWithAnyOptions(int flags) throws IOException {
    for (boolean stored : new boolean[] {true, false}) {
      byte[] frame = frame(flags, 0x70, ONES, stored);
      byte[] file = incremental(9).framePage(1, frame, ONES).page(2, TWOS).postApply(SOME).bytes();
      SequencedMap<Long, byte[]> pages = Ltx.pages(file);
      assertThat(pages.get(1L)).isEqualTo(ONES);
      assertThat(pages.get(2L)).isEqualTo(TWOS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x24, 0xa4, 0x66, 0x65})
  void refusesFramesWithUnknownOptions(int flags) {
    byte[] frame = frame(flags, 0x40, ONES, true);
    refuses(incremental(9).framePage(1, frame, ONES).postApply(SOME), "LZ4 frame");
  }

  @Test
  void refusesFramesThatAreNotOnePage() {
    byte[] big = frame(0x64, 0x40, new byte[1_000], true);
    refuses(incremental(9).framePage(1, big, ONES).postApply(SOME), "with room for 512");
    byte[] small = frame(0x64, 0x40, new byte[100], true);
    refuses(incremental(9).framePage(1, small, ONES).postApply(SOME), "inflates to 100");
  }

  @Test
  void finishAnswersTheSameAgain() throws IOException {
    LtxReader reader = Ltx.reader(twoPages().bytes());
    LtxTrailer trailer = reader.finish();
    assertThat(reader.next()).isFalse();
    assertThat(reader.finish()).isEqualTo(trailer);
  }

  private static void everyFlippedBit(byte[] file) throws IOException {
    SequencedMap<Long, byte[]> pages = Ltx.pages(file);
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] damaged = file.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        assertThat(Ltx.same(Ltx.pages(damaged), pages)).as("bit %d", bit).isTrue();
      } catch (CorruptLtxException e) {
        assertThat(e.offset()).as("bit %d: %s", bit, e).isBetween(0L, (long) file.length);
      }
    }
  }

  private static void refuses(RawLtx file, String reason) {
    assertThatThrownBy(() -> Ltx.pages(file.bytes()))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining(reason);
  }

  private static RawLtx twoPages() {
    return incremental(9).page(1, ONES).page(2, TWOS).postApply(SOME);
  }

  private static RawLtx incremental(long commit) {
    return RawLtx.with(
        LtxHeader.plain(SIZE, commit, new Txid(2), new Txid(2), 0, new Checksum(SOME)));
  }

  private static RawLtx snapshot(long commit, int flags) {
    return RawLtx.with(
        new LtxHeader(
            flags, SIZE, commit, new Txid(1), new Txid(1), 0, Checksum.NONE, 0, 0, 0, 0, 0));
  }

  private static long sum(byte[] page) {
    return PageChecksum.of(1, page, 0, page.length);
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  /// An LZ4 frame around one block.
  static byte[] frame(int flags, int blockSize, byte[] page, boolean stored) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream descriptor = new ByteArrayOutputStream();
    descriptor.write(flags);
    descriptor.write(blockSize);
    if ((flags & 0x08) != 0) {
      descriptor.writeBytes(little(page.length));
      descriptor.writeBytes(little(0));
    }
    byte[] block = stored ? page : RawLtx.literal(page);
    out.writeBytes(little(Lz4Frame.MAGIC));
    out.writeBytes(descriptor.toByteArray());
    out.write(hash(descriptor.toByteArray()) >>> 8);
    out.writeBytes(little(block.length | (stored ? 0x8000_0000 : 0)));
    out.writeBytes(block);
    if ((flags & 0x10) != 0) {
      out.writeBytes(little(hash(block)));
    }
    out.writeBytes(little(0));
    if ((flags & 0x04) != 0) {
      out.writeBytes(little(hash(page)));
    }
    return out.toByteArray();
  }

  private static int hash(byte[] bytes) {
    return XXHashFactory.safeInstance().hash32().hash(bytes, 0, bytes.length, 0);
  }

  private static byte[] little(int value) {
    byte[] bytes = new byte[4];
    Bytes.putIntLittle(bytes, 0, value);
    return bytes;
  }
}
