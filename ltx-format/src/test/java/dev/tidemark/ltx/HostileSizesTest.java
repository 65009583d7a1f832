package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.tidemark.fuzz.Attack;
import dev.tidemark.fuzz.FuzzTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Sizes that a file claims cost nothing before something else has confirmed them.
class HostileSizesTest {
  private static final long LITTLE = 1 << 20;

  @Test
  void aZstdFrameThatDeclaresTwoGibibytesTakesNoMemory() throws IOException {
    byte[] frame = new byte[40];
    Bytes.putIntLittle(frame, 0, 0xFD2F_B528);
    frame[4] = (byte) 0xA4;
    Bytes.putIntLittle(frame, 5, Integer.MIN_VALUE);
    attack("zstd", LITTLE, prefixed(100, frame));
  }

  @Test
  void aZstdFrameWithoutASizeIsNotInflated() throws IOException {
    byte[] bomb;
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setChecksum(true).setContentSize(false);
      bomb = context.compress(new byte[64 << 20]);
    }
    attack("zstd", LITTLE, prefixed(100, bomb));
    assertThat(bomb.length).isLessThan(10_000);
  }

  @Test
  void aHeaderIsNotLookedForInAWindowAbove8MiB() {
    byte[] frame;
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setContentSize(false).setWindowLog(24);
      frame = context.compress(new byte[20 << 20]);
    }
    assertThat(Zstd.getFrameContentSize(frame)).isNotPositive();
    assertThatThrownBy(() -> DataFrame.header(frame))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("zstd frame is damaged");
  }

  @Test
  void anIndexFrameThatClaimsBillionsOfRowsTakesNoMemory() throws IOException {
    History history = new History(new Random(1));
    byte[] object = SampleObjects.segment(Position.START, 512, List.of(history.commit(1, 1)));
    for (int count : new int[] {Integer.MAX_VALUE, -1, IndexFrameHeader.FRAMES_MAX, 10_000}) {
      attack("object", LITTLE, WrongIndex.of(object).object(1, count));
      attack("object", LITTLE, WrongIndex.of(object).object(count, 1));
    }
  }

  @Test
  void anIndexFrameLongerThanItsObjectIsRefused() throws IOException {
    byte[] end = new byte[200];
    for (int size : new int[] {-1, Integer.MAX_VALUE, 200_000_000}) {
      Bytes.putInt(end, end.length - 4, size);
      attack("object", LITTLE, end);
      assertThatThrownBy(() -> IndexFrame.decode(end, 1_000))
          .isInstanceOf(CorruptLtxException.class);
    }
  }

  @Test
  void aFileOfTheLargestDatabaseTakesTheMemoryOfItsPages() throws IOException {
    Checksum before = new Checksum(Checksum.FLAG | 1);
    LtxHeader header =
        LtxHeader.plain(new PageSize(65_536), 0xffff_ffffL, new Txid(2), new Txid(3), 1, before);
    byte[] page = new byte[65_536];
    byte[] file = RawLtx.with(header).page(0xffff_ffffL, page).postApply(before.value()).bytes();
    attack("ltx", LITTLE, file);
    attack("ltx", LITTLE, Arrays.copyOf(file, 120));
  }

  /// Nothing of the page is in such blocks, so nothing would end them.
  @Test
  void aPageInEmptyBlocksIsRefused() throws IOException {
    byte[] whole = LtxReaderTest.frame(0x60, 0x40, Ltx.filled(512, 1), true);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(whole, 0, 7);
    for (int i = 0; i < 100_000; i++) {
      frame.writeBytes(new byte[] {0, 0, 0, (byte) 0x80});
    }
    frame.write(whole, 7, whole.length - 7);
    Checksum before = new Checksum(Checksum.FLAG | 1);
    LtxHeader header = LtxHeader.plain(new PageSize(512), 9, new Txid(2), new Txid(2), 1, before);
    byte[] file =
        RawLtx.with(header)
            .framePage(1, frame.toByteArray(), Ltx.filled(512, 1))
            .postApply(before.value())
            .bytes();
    assertThatThrownBy(() -> Ltx.pages(file))
        .isInstanceOf(CorruptLtxException.class)
        .hasMessageContaining("empty block");
    attack("ltx-copy", LITTLE, file);
  }

  private static byte[] prefixed(int size, byte[] frame) {
    byte[] input = new byte[3 + frame.length];
    Bytes.putInt(input, 0, size << 8);
    System.arraycopy(frame, 0, input, 3, frame.length);
    return input;
  }

  private static void attack(String name, long allocationMax, byte[] input) throws IOException {
    FuzzTarget target =
        LtxTargets.all().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    new Attack(target.allocating(allocationMax)).with(input);
  }
}
