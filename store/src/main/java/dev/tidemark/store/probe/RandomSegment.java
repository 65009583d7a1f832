package dev.tidemark.store.probe;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/// A segment in memory with one transaction, the first of a log, of random pages.
public final class RandomSegment {
  private static final PageSize PAGE_SIZE = new PageSize(4096);
  private static final Txid FIRST = new Txid(1);

  private RandomSegment() {}

  public static byte[] bytes(Id128 databaseId, int pages, RandomGenerator random)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ObjectIdentity identity =
        new ObjectIdentity(
            ObjectKind.SEGMENT, databaseId, Id128.random(random), PAGE_SIZE, FIRST, Checksum.NONE);
    try (ObjectWriter writer = new ObjectWriter(bytes, identity)) {
      long length = LtxWriter.literalLength(PAGE_SIZE, LongStream.rangeClosed(1, pages).iterator());
      Checksum after = transaction(writer.beginFile(length), pages, random);
      writer.endFile(new FileRow(0, after, length, pages, pages));
      writer.finish(FIRST);
    }
    return bytes.toByteArray();
  }

  private static Checksum transaction(LtxOutput out, int pages, RandomGenerator random)
      throws IOException {
    LtxHeader header =
        new LtxHeader(0, PAGE_SIZE, pages, FIRST, FIRST, 0, Checksum.NONE, 0, 0, 0, 0, 0);
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LITERAL, index);
      byte[] page = new byte[PAGE_SIZE.bytes()];
      long xor = 0;
      for (long pgno = 1; pgno <= pages; pgno++) {
        random.nextBytes(page);
        xor ^= PageChecksum.of(pgno, page, 0, page.length);
        writer.page(pgno, page, 0);
      }
      return writer.finish(Checksum.ofXor(xor)).postApply();
    }
  }
}
