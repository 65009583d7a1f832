package dev.tidemark.cli.golden;

import com.github.luben.zstd.ZstdInputStream;
import dev.tidemark.ltx.Checksum;
import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.IndexFrame;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxMerge;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxReader;
import dev.tidemark.ltx.LtxTrailer;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.ltx.Txid;
import dev.tidemark.store.Body;
import dev.tidemark.store.ByteRange;
import dev.tidemark.store.Chain;
import dev.tidemark.store.ObjectKey;
import dev.tidemark.store.ObjectStore;
import dev.tidemark.store.PutOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the segments of a small log, and writes objects that the shipper does not.
final class GoldenObjects {
  private static final Id128 PROMOTED_RUN = new Id128(0x70726f6d6f746564L, 1);

  private static final int OBJECT_MAX = 1 << 20;

  private final ObjectStore store;
  private final Chain chain;

  GoldenObjects(ObjectStore store) throws Exception {
    this.store = store;
    this.chain = Chain.read(store).orElseThrow();
  }

  /// A segment as it lies there.
  record Segment(ObjectKey key, IndexFrame index) {}

  List<Segment> segments() throws Exception {
    List<Segment> segments = new ArrayList<>();
    for (Chain.Item item : chain.slots()) {
      byte[] bytes = bytes(item.key());
      segments.add(new Segment(item.key(), IndexFrame.decode(bytes, bytes.length)));
    }
    return segments;
  }

  private byte[] bytes(ObjectKey key) throws Exception {
    return store.get(key.text(), new ByteRange.Last(OBJECT_MAX)).orElseThrow().bytes();
  }

  Position position(Txid txid) throws Exception {
    for (Segment segment : segments()) {
      for (int i = 0; i < segment.index().fileCount(); i++) {
        if (segment.index().position(i).txid().equals(txid)) {
          return segment.index().position(i);
        }
      }
    }
    throw new IllegalStateException("no " + txid);
  }

  /// Takes the slot at the head with a transaction that changes nothing; answers its number.
  Txid promote() throws Exception {
    IndexFrame last = segments().getLast().index();
    FileRow row = last.file(last.fileCount() - 1);
    Position head = last.end();
    Txid txid = head.txid().next();
    PageSize pageSize = last.identity().pageSize();
    LtxHeader header =
        new LtxHeader(
            0,
            pageSize,
            row.databasePages(),
            txid,
            txid,
            row.timestampMillis() + 1,
            head.checksum(),
            0,
            0,
            0,
            0,
            PROMOTED_RUN.high());
    byte[] ltx = file(header, new byte[0], head.checksum());
    put(
        ObjectKey.Slot.after(head),
        object(ObjectKind.SEGMENT, PROMOTED_RUN, pageSize, head, txid, ltx));
    return txid;
  }

  /// One file in place of these neighbouring segments, at `merged/<level>/`.
  void merge(int level, List<Segment> segments) throws Exception {
    List<LtxReader> inputs = new ArrayList<>();
    for (Segment segment : segments) {
      InputStream ltx = new ZstdInputStream(new ByteArrayInputStream(bytes(segment.key())));
      for (int i = 0; i < segment.index().fileCount(); i++) {
        int length = Math.toIntExact(segment.index().file(i).length());
        inputs.add(new LtxReader(new ByteArrayInputStream(ltx.readNBytes(length))));
      }
    }
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    try (Scratch index = Scratch.heap()) {
      LtxMerge.merge(inputs, bytesTo(merged), PageEncoding.LITERAL, index);
    }
    Position before = segments.getFirst().index().start();
    Position after = segments.getLast().index().end();
    put(
        new ObjectKey.Merged(level, before.txid().next(), after.txid(), after.checksum()),
        object(
            ObjectKind.MERGED,
            Id128.ZERO,
            segments.getLast().index().identity().pageSize(),
            before,
            after.txid(),
            merged.toByteArray()));
  }

  /// The state at the end of a segment, of which `image` is the database file.
  void snapshot(Segment segment, byte[] image) throws Exception {
    PageSize pageSize = segment.index().identity().pageSize();
    Position at = segment.index().end();
    LtxHeader header =
        LtxHeader.plain(
            pageSize,
            image.length / pageSize.bytes(),
            new Txid(1),
            at.txid(),
            segment.index().file(segment.index().fileCount() - 1).timestampMillis(),
            Checksum.NONE);
    put(
        new ObjectKey.Snapshot(at.txid(), at.checksum()),
        object(
            ObjectKind.SNAPSHOT,
            Id128.ZERO,
            pageSize,
            Position.START,
            at.txid(),
            file(header, image, at.checksum())));
  }

  private static byte[] file(LtxHeader header, byte[] image, Checksum after) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Scratch index = Scratch.heap()) {
      LtxWriter writer = new LtxWriter(bytesTo(out), header, PageEncoding.LITERAL, index);
      for (int at = 0; at < image.length; at += header.pageSize().bytes()) {
        byte[] page = Arrays.copyOfRange(image, at, at + header.pageSize().bytes());
        writer.page(at / header.pageSize().bytes() + 1, page, 0);
      }
      writer.finish(after);
    }
    return out.toByteArray();
  }

  private byte[] object(
      ObjectKind kind, Id128 run, PageSize pageSize, Position before, Txid last, byte[] ltx)
      throws IOException {
    LtxReader reader = new LtxReader(new ByteArrayInputStream(ltx));
    LtxTrailer trailer = reader.finish();
    FileRow row = FileRow.of(reader.header(), trailer, reader.length(), reader.pages());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ObjectIdentity identity =
        new ObjectIdentity(
            kind,
            run,
            chain.database().databaseId(),
            pageSize,
            before.txid().next(),
            before.checksum());
    try (ObjectWriter object = new ObjectWriter(out, identity)) {
      object.copyFile(new ByteArrayInputStream(ltx), row);
      object.finish(last);
    }
    return out.toByteArray();
  }

  private void put(ObjectKey key, byte[] bytes) throws Exception {
    if (store.putIfAbsent(key.text(), Body.of(bytes)) != PutOutcome.STORED) {
      throw new IllegalStateException(key + " is taken");
    }
  }

  private static LtxOutput bytesTo(ByteArrayOutputStream out) {
    return (bytes, offset, length) -> out.write(bytes, offset, length);
  }
}
