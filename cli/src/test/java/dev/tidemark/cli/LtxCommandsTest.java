package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LtxCommandsTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 5;

  @TempDir Path folder;

  private TidemarkProcess tidemark;
  private byte[] database = new byte[0];

  @BeforeEach
  void makeDatabase() throws Exception {
    tidemark = new TidemarkProcess(folder);
    database = new byte[PAGES * SIZE.bytes()];
    new Random(1).nextBytes(database);
    ByteBuffer.wrap(database)
        .put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) SIZE.bytes());
    Files.write(folder.resolve("app.db"), database);
  }

  @Test
  void encodesVerifiesAndAppliesADatabase() throws Exception {
    assertThat(tidemark.run("ltx", "encode", "app.db", "-o", "1.ltx").status()).isZero();
    assertThat(tidemark.run("ltx", "verify", "1.ltx").out()).isEqualTo("1.ltx: ok\n");
    assertThat(tidemark.run("ltx", "apply", "--db", "copy.db", "1.ltx").status()).isZero();
    assertThat(folder.resolve("copy.db")).hasBinaryContent(database);
    assertThat(tidemark.run("ltx", "dump", "--json", "1.ltx").out())
        .contains("\"commit\":5,\"min_txid\":\"0000000000000001\"")
        .contains("\"post_apply\":\"" + checksum(database) + "\"");
  }

  @Test
  void printsTheChecksumOfADatabase() {
    assertThat(tidemark.run("ltx", "checksum", "app.db").out())
        .isEqualTo(checksum(database) + "\n");
  }

  @Test
  void appliesATransactionThatFollows() throws Exception {
    byte[] after = database.clone();
    after[3 * SIZE.bytes()] ^= 1;
    Files.write(folder.resolve("2.ltx"), transaction(checksum(database), after, 4));
    assertThat(tidemark.run("ltx", "apply", "--db", "app.db", "2.ltx").status()).isZero();
    assertThat(folder.resolve("app.db")).hasBinaryContent(after);
  }

  @Test
  void refusesATransactionThatDoesNotFollow() throws Exception {
    Files.write(folder.resolve("2.ltx"), transaction(new Checksum(-1), database, 4));
    TidemarkProcess.Result result = tidemark.run("ltx", "apply", "--db", "app.db", "2.ltx");
    assertThat(result.err()).contains("continues from checksum ffffffffffffffff").hasLineCount(1);
    assertThat(result.status()).isEqualTo(6);
    untouched();
  }

  @Test
  void leavesTheDatabaseAloneWhenAFileIsDamaged() throws Exception {
    byte[] after = database.clone();
    after[3 * SIZE.bytes()] ^= 1;
    byte[] ltx = transaction(checksum(database), after, 4);
    ltx[ltx.length - 1] ^= 1;
    Files.write(folder.resolve("2.ltx"), ltx);
    TidemarkProcess.Result result = tidemark.run("ltx", "apply", "--db", "app.db", "2.ltx");
    assertThat(result.err()).contains("2.ltx: at byte").hasLineCount(1);
    assertThat(result.status()).isEqualTo(3);
    untouched();
  }

  @Test
  void saysOfEachFileWhetherItIsGood() throws Exception {
    assertThat(tidemark.run("ltx", "encode", "app.db", "-o", "1.ltx").status()).isZero();
    byte[] ltx = Files.readAllBytes(folder.resolve("1.ltx"));
    Files.write(folder.resolve("cut.ltx"), java.util.Arrays.copyOf(ltx, 200));
    TidemarkProcess.Result result = tidemark.run("ltx", "verify", "--json", "1.ltx", "cut.ltx");
    assertThat(result.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("{\"file\":\"1.ltx\",\"ok\":true}"),
            line -> assertThat(line).startsWith("{\"file\":\"cut.ltx\",\"ok\":false,\"problem\":"));
    assertThat(result.err()).contains("1 of 2 files are bad").hasLineCount(1);
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void doesNotOverwrite() throws Exception {
    Files.writeString(folder.resolve("1.ltx"), "mine");
    TidemarkProcess.Result result = tidemark.run("ltx", "encode", "app.db", "-o", "1.ltx");
    assertThat(result.err()).contains("--force").hasLineCount(1);
    assertThat(result.status()).isEqualTo(8);
    assertThat(folder.resolve("1.ltx")).hasContent("mine");
  }

  @Test
  void mergesInAnyOrder() throws Exception {
    byte[] after = database.clone();
    after[3 * SIZE.bytes()] ^= 1;
    assertThat(tidemark.run("ltx", "encode", "app.db", "-o", "1.ltx").status()).isZero();
    Files.write(folder.resolve("2.ltx"), transaction(checksum(database), after, 4));
    assertThat(tidemark.run("ltx", "merge", "2.ltx", "1.ltx", "-o", "m.ltx").status()).isZero();
    assertThat(tidemark.run("ltx", "apply", "--db", "copy.db", "m.ltx").status()).isZero();
    assertThat(folder.resolve("copy.db")).hasBinaryContent(after);
  }

  private void untouched() throws Exception {
    assertThat(folder.resolve("app.db")).hasBinaryContent(database);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".partial"));
    }
  }

  private static Checksum checksum(byte[] pages) {
    long xor = 0;
    for (int pgno = 1; pgno <= PAGES; pgno++) {
      xor ^= PageChecksum.of(pgno, pages, (int) SIZE.offsetOf(pgno), SIZE.bytes());
    }
    return Checksum.ofXor(xor);
  }

  private static byte[] transaction(Checksum before, byte[] after, long pgno) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Txid second = new Txid(2);
    LtxHeader header = new LtxHeader(0, SIZE, PAGES, second, second, 1, before, 0, 0, 0, 0, 0);
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(bytes::write, header, PageEncoding.LITERAL, index);
      writer.page(pgno, after, (int) SIZE.offsetOf(pgno));
      writer.finish(checksum(after));
    }
    return bytes.toByteArray();
  }
}
