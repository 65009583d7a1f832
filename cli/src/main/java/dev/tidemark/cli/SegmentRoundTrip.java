package dev.tidemark.cli;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectReader;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageChecksum;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.DamagedLogException;
import dev.tidemark.store.ObjectIndex;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.StoreException;
import dev.tidemark.store.StoreProbe;
import dev.tidemark.store.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/// Stores a segment of random pages beside the log, reads it back as a restore would, and removes
/// it.
final class SegmentRoundTrip {
  private static final PageSize PAGE_SIZE = new PageSize(4096);
  private static final int PAGES = 64;
  private static final Txid FIRST = new Txid(1);

  private final ObjectStore store;
  private final RandomGenerator random;

  SegmentRoundTrip(ObjectStore store, RandomGenerator random) {
    this.store = store;
    this.random = random;
  }

  StoreProbe.Check check() throws InterruptedException {
    String key = "doctor/" + Id128.random(random) + "/segment.ltx.zst";
    try {
      byte[] segment = segment();
      store.putIfAbsent(key, Body.of(segment));
      try {
        read(key);
      } finally {
        store.delete(key);
      }
      return result(
          StoreProbe.Result.OK,
          "%d bytes came back and passed every check".formatted(segment.length));
    } catch (StoreException e) {
      boolean refused = e.kind() == StoreException.Kind.REFUSED;
      return result(
          refused ? StoreProbe.Result.FAILED : StoreProbe.Result.UNCLEAR,
          String.valueOf(e.getMessage()));
    } catch (DamagedLogException | IOException e) {
      return result(StoreProbe.Result.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static StoreProbe.Check result(StoreProbe.Result result, String detail) {
    return new StoreProbe.Check("segment", result, detail);
  }

  private byte[] segment() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ObjectIdentity identity =
        new ObjectIdentity(
            ObjectKind.SEGMENT,
            Id128.random(random),
            Id128.random(random),
            PAGE_SIZE,
            FIRST,
            Checksum.NONE);
    try (ObjectWriter writer = new ObjectWriter(bytes, identity)) {
      long length = LtxWriter.literalLength(PAGE_SIZE, LongStream.rangeClosed(1, PAGES).iterator());
      Checksum after = transaction(writer.beginFile(length));
      writer.endFile(new FileRow(0, after, length, PAGES, PAGES));
      writer.finish(FIRST);
    }
    return bytes.toByteArray();
  }

  private Checksum transaction(LtxOutput out) throws IOException {
    LtxHeader header =
        new LtxHeader(0, PAGE_SIZE, PAGES, FIRST, FIRST, 0, Checksum.NONE, 0, 0, 0, 0, 0);
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LITERAL, index);
      byte[] page = new byte[PAGE_SIZE.bytes()];
      long xor = 0;
      for (long pgno = 1; pgno <= PAGES; pgno++) {
        random.nextBytes(page);
        xor ^= PageChecksum.of(pgno, page, 0, page.length);
        writer.page(pgno, page, 0);
      }
      return writer.finish(Checksum.ofXor(xor)).postApply();
    }
  }

  private void read(String key)
      throws StoreException, DamagedLogException, IOException, InterruptedException {
    IndexFrame index =
        ObjectIndex.read(store, key)
            .orElseThrow(() -> new IOException("a segment just stored is absent"));
    StoredObject object =
        store.get(key).orElseThrow(() -> new IOException("a segment just stored is absent"));
    try (object;
        ObjectReader reader = new ObjectReader(object.content(), index, 0, Runnable::run)) {
      reader.finish();
    }
  }
}
