package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Whole files as the format's reference implementation wrote them.
class GoldenFileTest {
  private static final PageSize SIZE = new PageSize(512);

  static final byte[] SNAPSHOT =
      Ltx.hex(
          """
          4c5458310000000000000200000000010000000000000001000000000000000100000000000003e8
          00000000000000000000000000000000000000000000000000000000000000000000000000000000
          0000000000000000000000000000000000000000000000010001000000181f310100ffda00020000
          0200b03131313131313131313131000000000000016422000000000000000004eb1a999231044ddd
          bca7facc312144c6
          """);

  static final byte[] INCREMENTAL =
      Ltx.hex(
          """
          4c545831000000000000020000000002000000000000000200000000000000030000018bcfe5687b
          eb1a999231044ddd000000000000002000000000000004301122334455667788000000000000abcd
          0000000000000000000000000000000000000000000000010001000000181f320100ffda00020000
          0200b03232323232323232323232000000020001000000181f330100ffda000200000200b0333333
          3333333333333333000000000000016422028601220000000000000000088b87423eeeeeeeee98f3
          1e7d36792ddd
          """);

  private static final byte[] DELETION =
      Ltx.hex(
          """
          4c5458310000000000000200000000000000000000000004000000000000000400000000000007d0
          8b87423eeeeeeeee0000000000000000000000000000000000000000000000000000000000000000
          00000000000000000000000000000000000000000000000000000000000000000000018000000000
          000000869c766bf9e774d5
          """);

  /// The snapshot in the layout before: an LZ4 frame per page, without a size prefix.
  private static final byte[] FRAME_SNAPSHOT =
      concat(
          SNAPSHOT,
          100,
          Ltx.hex(
              """
              00000001000004224d186440a7180000001f310100ffda000200000200b03131313131313131313131
              000000005e2d2198000000000000016431000000000000000004eb1a999231044ddd93267d9759f6677f
              """));

  @Test
  void readsTheSnapshot() throws Exception {
    LtxReader reader = Ltx.reader(SNAPSHOT);
    assertThat(reader.header())
        .isEqualTo(LtxHeader.plain(SIZE, 1, new Txid(1), new Txid(1), 1000, Checksum.NONE));
    assertThat(reader.next()).isTrue();
    assertThat(reader.pgno()).isEqualTo(1);
    assertThat(reader.page()).isEqualTo(Ltx.filled(512, 0x31));
    assertThat(reader.pageChecksum()).isEqualTo(0xeb1a999231044dddL);
    assertThat(reader.next()).isFalse();
    LtxTrailer trailer = reader.finish();
    assertThat(trailer.postApply()).hasToString("eb1a999231044ddd");
    assertThat(trailer.fileChecksum()).hasToString("bca7facc312144c6");
    assertThat(reader.length()).isEqualTo(168);
  }

  @Test
  void readsTheIncrementalFileWithItsWalFields() throws Exception {
    LtxReader reader = Ltx.reader(INCREMENTAL);
    assertThat(reader.header())
        .isEqualTo(
            new LtxHeader(
                0,
                SIZE,
                2,
                new Txid(2),
                new Txid(3),
                1_700_000_000_123L,
                Checksum.parse("eb1a999231044ddd"),
                32,
                1072,
                0x11223344,
                0x55667788,
                0xABCD));
    assertThat(Ltx.pages(INCREMENTAL).get(2L)).isEqualTo(Ltx.filled(512, 0x33));
    assertThat(reader.finish().fileChecksum()).hasToString("98f31e7d36792ddd");
  }

  @Test
  void readsTheFileWithoutChecksums() throws Exception {
    byte[] file = INCREMENTAL.clone();
    Bytes.putInt(file, 4, LtxHeader.NO_CHECKSUM);
    Bytes.putLong(file, 40, 0);
    Bytes.putLong(file, 48, 0);
    Bytes.putLong(file, 56, 0);
    Bytes.putLong(file, 64, 0);
    Bytes.putLong(file, 72, 0);
    Bytes.putLong(file, file.length - 16, 0);
    Bytes.putLong(file, file.length - 8, 0xbec25d0f9351d98cL);
    LtxReader reader = Ltx.reader(file);
    assertThat(reader.header().tracksChecksums()).isFalse();
    assertThat(reader.finish().postApply()).isEqualTo(Checksum.NONE);
  }

  @Test
  void readsAndWritesTheDeletion() throws Exception {
    LtxReader reader = Ltx.reader(DELETION);
    assertThat(reader.header().commit()).isZero();
    assertThat(reader.finish().postApply()).isEqualTo(Checksum.EMPTY);
    byte[] written =
        Ltx.write(reader.header(), new TreeMap<>(), Checksum.EMPTY, PageEncoding.LITERAL);
    assertThat(written).isEqualTo(DELETION);
  }

  @Test
  void readsTheLayoutWithFrames() throws Exception {
    LtxReader reader = Ltx.reader(FRAME_SNAPSHOT);
    assertThat(reader.next()).isTrue();
    assertThat(reader.page()).isEqualTo(Ltx.filled(512, 0x31));
    assertThat(reader.finish().fileChecksum()).hasToString("93267d9759f6677f");
    assertThat(reader.length()).isEqualTo(183);
  }

  @Test
  void refusesTheLayoutsBefore() {
    byte[] perPageFrames =
        concat(
            SNAPSHOT,
            100,
            Ltx.hex(
                """
                0000000104224d186440a7180000001f310100ffda000200000200b03131313131313131313131
                000000005e2d21980000000001642f000000000000000004eb1a999231044dddead8aeb1bc9f21c9
                """));
    assertThatThrownBy(() -> Ltx.pages(perPageFrames)).isInstanceOf(CorruptLtxException.class);
    byte[] raw = new byte[636];
    System.arraycopy(SNAPSHOT, 0, raw, 0, 100);
    raw[103] = 1;
    Arrays.fill(raw, 104, 616, (byte) 0x31);
    Bytes.putLong(raw, 620, 0xeb1a999231044dddL);
    Bytes.putLong(raw, 628, 0xbab9b3d8b4fa3b31L);
    assertThatThrownBy(() -> Ltx.pages(raw)).isInstanceOf(CorruptLtxException.class);
  }

  @Test
  void mergesSnapshotAndIncrementalToTheReferencesChecksum() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FileRow row =
        LtxMerge.merge(
            List.of(Ltx.reader(SNAPSHOT), Ltx.reader(INCREMENTAL)),
            out::write,
            PageEncoding.LZ4,
            Scratch.heap());
    LtxHeader header = Ltx.reader(out.toByteArray()).header();
    assertThat(header)
        .isEqualTo(
            LtxHeader.plain(SIZE, 2, new Txid(1), new Txid(3), 1_700_000_000_123L, Checksum.NONE));
    assertThat(row.after()).hasToString("8b87423eeeeeeeee");
    // The file checksum covers payload sizes and so depends on the compressor; with the reference's
    // payloads:
    byte[] raw =
        RawLtx.with(header)
            .page(1, Arrays.copyOfRange(INCREMENTAL, 110, 134), Ltx.filled(512, 0x32))
            .page(2, Arrays.copyOfRange(INCREMENTAL, 144, 168), Ltx.filled(512, 0x33))
            .postApply(row.after().value())
            .bytes();
    assertThat(Ltx.same(Ltx.pages(raw), Ltx.pages(out.toByteArray()))).isTrue();
    assertThat(Ltx.reader(raw).finish().fileChecksum()).hasToString("e403ea32c0ea4b70");
  }

  private static byte[] concat(byte[] head, int headBytes, byte[] rest) {
    byte[] all = new byte[headBytes + rest.length];
    System.arraycopy(head, 0, all, 0, headBytes);
    System.arraycopy(rest, 0, all, headBytes, rest.length);
    return all;
  }
}
