package dev.tidemark.retention;

import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
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
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.LongStream;

/// The log of a database that is nearly all zeros, as large as wanted, stored in little room and
/// without holding it: a snapshot, and segments of random transactions behind it.
final class SparseLog {
  private static final PageSize SIZE = new PageSize(4_096);
  private static final byte[] ZEROS = new byte[SIZE.bytes()];

  private final ObjectStore store;
  private final Path folder;
  private final long commit;
  private final Random random = new Random(1);
  private final Map<Long, Long> checksums = new HashMap<>();
  private final byte[] page = new byte[SIZE.bytes()];
  private long xor;
  private Position end = Position.START;

  SparseLog(ObjectStore store, Path folder, long bytes) {
    this.store = store;
    this.folder = folder;
    this.commit = bytes / SIZE.bytes();
  }

  Position end() {
    return end;
  }

  /// Transaction 1, as a snapshot.
  Chain.Item snapshot() throws Exception {
    Path file = Files.createTempFile(folder, "snapshot", "");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        ObjectWriter object = new ObjectWriter(out, identity(ObjectKind.SNAPSHOT))) {
      PrimitiveIterator.OfLong pgnos =
          LongStream.rangeClosed(1, commit).filter(pgno -> !SIZE.isLockPage(pgno)).iterator();
      write(object.beginFile(-1), object, pgnos, true);
      object.finish(end.txid());
    }
    return put(new ObjectKey.Snapshot(end.txid(), end.checksum()), file);
  }

  /// A segment of transactions that change `pages` pages each, here and there.
  Chain.Item segment(int transactions, int pages) throws Exception {
    Path file = Files.createTempFile(folder, "segment", "");
    ObjectKey key = ObjectKey.Slot.after(end);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        ObjectWriter object = new ObjectWriter(out, identity(ObjectKind.SEGMENT))) {
      for (int i = 0; i < transactions; i++) {
        long[] pgnos =
            random
                .longs(1, commit + 1)
                .filter(pgno -> !SIZE.isLockPage(pgno))
                .distinct()
                .limit(pages)
                .sorted()
                .toArray();
        long length = LtxWriter.literalLength(SIZE, LongStream.of(pgnos).iterator());
        write(object.beginFile(length), object, LongStream.of(pgnos).iterator(), false);
      }
      object.finish(end.txid());
    }
    return put(key, file);
  }

  private ObjectIdentity identity(ObjectKind kind) {
    return new ObjectIdentity(
        kind, Id128.ZERO, MergeRig.DATABASE, SIZE, end.txid().next(), end.checksum());
  }

  private void write(
      LtxOutput out, ObjectWriter object, PrimitiveIterator.OfLong pgnos, boolean zeros)
      throws IOException {
    Txid txid = end.txid().next();
    LtxHeader header = LtxHeader.plain(SIZE, commit, txid, txid, txid.value(), end.checksum());
    long count = 0;
    try (Scratch index = SpilledIndex.in(folder)) {
      LtxWriter writer = new LtxWriter(out, header, PageEncoding.LITERAL, index);
      for (; pgnos.hasNext(); count++) {
        long pgno = pgnos.nextLong();
        if (zeros) {
          xor ^= writer.page(pgno, ZEROS, 0);
        } else {
          random.nextBytes(page);
          change(pgno, writer.page(pgno, page, 0));
        }
      }
      end = new Position(txid, Checksum.ofXor(xor));
      LtxTrailer trailer = writer.finish(end.checksum());
      object.endFile(FileRow.of(header, trailer, writer.length(), count));
    }
  }

  private void change(long pgno, long checksum) {
    Long before = checksums.put(pgno, checksum);
    xor ^= checksum ^ (before == null ? PageChecksum.of(pgno, ZEROS, 0, ZEROS.length) : before);
  }

  private Chain.Item put(ObjectKey key, Path file) throws Exception {
    Body body = Body.of(file);
    store.put(key.text(), body);
    Files.delete(file);
    return new Chain.Item(key, body.size());
  }
}
