package dev.tidemark.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// An object of format version 1 as it was first written. It must be readable for ever; that it is
/// still written so is not asked, since another zstd may compress otherwise.
class GoldenObjectTest {
  @Test
  void readsTheFirstObject() throws IOException {
    byte[] object = resource("segment-v1.hex");
    IndexFrame index = IndexFrame.decode(object, object.length);
    assertThat(index.identity())
        .isEqualTo(
            new ObjectIdentity(
                ObjectKind.SEGMENT,
                new Id128(1, 2),
                new Id128(3, 4),
                new PageSize(512),
                new Txid(1),
                Checksum.NONE));
    assertThat(index.last()).isEqualTo(new Txid(3));
    try (ObjectReader reader =
        new ObjectReader(new ByteArrayInputStream(object), index, 1, Runnable::run)) {
      assertThat(reader.nextFile()).isTrue();
      assertThat(reader.row().after()).hasToString("ad2dffe333333333");
      assertThat(Ltx.unfinishedPages(reader.file()).get(2L)).isEqualTo(Ltx.filled(512, 0x42));
      assertThat(reader.nextFile()).isTrue();
      assertThat(reader.row().after()).hasToString("9ca8611102377eee");
      assertThat(Ltx.unfinishedPages(reader.file()).get(3L)).isEqualTo(Ltx.filled(512, 0x44));
      assertThat(reader.nextFile()).isTrue();
      assertThat(reader.row().databasePages()).isEqualTo(1);
      assertThat(reader.nextFile()).isFalse();
      reader.finish();
    }
    assertThat(index.after()).hasToString("c719acc764511888");
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = GoldenObjectTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }
}
