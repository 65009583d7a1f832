package dev.tidemark.bench.micro;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;

/// A database of some pages with repetitive content, and its first transaction.
final class Pages {
  static final int COUNT = 1_024;
  static final int BYTES = 4_096;
  static final PageSize SIZE = new PageSize(BYTES);

  private final byte[][] pages = new byte[COUNT][BYTES];
  private final Checksum checksum;

  Pages() {
    Random random = new Random(1);
    byte[] word = new byte[64];
    random.nextBytes(word);
    long xor = 0;
    for (int i = 0; i < COUNT; i++) {
      for (int at = 0; at < BYTES; at += 32) {
        int from = random.nextInt(word.length - 16);
        System.arraycopy(word, from, pages[i], at, 16);
      }
      xor ^= PageChecksum.of(i + 1, pages[i], 0, BYTES);
    }
    checksum = Checksum.ofXor(xor);
  }

  byte[] page(int i) {
    return pages[i];
  }

  FileRow writeFile(LtxOutput out) throws IOException {
    LtxHeader header =
        LtxHeader.plain(SIZE, COUNT, new Txid(1), new Txid(1), 1_000, Checksum.EMPTY);
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LITERAL, index);
      for (int i = 0; i < COUNT; i++) {
        writer.page(i + 1, pages[i], 0);
      }
      LtxTrailer trailer = writer.finish(checksum);
      return FileRow.of(header, trailer, writer.length(), COUNT);
    }
  }

  IndexFrame writeSnapshot(OutputStream out) throws IOException {
    Id128 id = new Id128(1, 2);
    ObjectIdentity identity =
        new ObjectIdentity(ObjectKind.SNAPSHOT, id, id, SIZE, new Txid(1), Checksum.EMPTY);
    try (ObjectWriter object = new ObjectWriter(out, identity)) {
      object.endFile(writeFile(object.beginFile(-1)));
      return object.finish(new Txid(1));
    }
  }
}
