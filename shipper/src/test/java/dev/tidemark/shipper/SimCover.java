package dev.tidemark.shipper;

import dev.tidemark.ltx.FileRow;
import dev.tidemark.ltx.Id128;
import dev.tidemark.ltx.LtxHeader;
import dev.tidemark.ltx.LtxOutput;
import dev.tidemark.ltx.LtxWriter;
import dev.tidemark.ltx.ObjectIdentity;
import dev.tidemark.ltx.ObjectKind;
import dev.tidemark.ltx.ObjectWriter;
import dev.tidemark.ltx.PageEncoding;
import dev.tidemark.ltx.PageSize;
import dev.tidemark.ltx.Position;
import dev.tidemark.ltx.Scratch;
import dev.tidemark.store.ObjectKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A merged file or a snapshot, made by hand.
final class SimCover {
  private final ObjectKey key;
  private final byte[] bytes;

  private SimCover(ObjectKey key, byte[] bytes) {
    this.key = key;
    this.bytes = bytes;
  }

  ObjectKey key() {
    return key;
  }

  byte[] bytes() {
    return bytes;
  }

  /// One file in place of these segments, which follow each other and have one page size.
  static SimCover merged(List<SimBucket.Segment> segments, Id128 databaseId) throws IOException {
    Position start = segments.getFirst().object().start();
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    List<SimObject.Change> changes =
        segments.stream().flatMap(segment -> segment.object().changes().stream()).toList();
    for (SimObject.Change change : changes) {
      pages.putAll(change.pages());
      pages.tailMap(change.commit() + 1).clear();
    }
    SimObject.Change last = changes.getLast();
    ObjectKey key =
        new ObjectKey.Merged(1, start.txid().next(), last.after().txid(), last.after().checksum());
    return new SimCover(key, write(ObjectKind.MERGED, databaseId, start, pages, last));
  }

  /// The whole database after a transaction.
  static SimCover snapshot(byte[] file, SimObject.Change last, Id128 databaseId)
      throws IOException {
    SortedMap<Long, byte[]> pages = new TreeMap<>();
    for (int at = 0; at < file.length; at += last.pageSize()) {
      pages.put(at / last.pageSize() + 1L, Arrays.copyOfRange(file, at, at + last.pageSize()));
    }
    ObjectKey key = new ObjectKey.Snapshot(last.after().txid(), last.after().checksum());
    return new SimCover(key, write(ObjectKind.SNAPSHOT, databaseId, Position.START, pages, last));
  }

  private static byte[] write(
      ObjectKind kind,
      Id128 databaseId,
      Position start,
      SortedMap<Long, byte[]> pages,
      SimObject.Change last)
      throws IOException {
    PageSize pageSize = new PageSize(last.pageSize());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ObjectIdentity identity =
        new ObjectIdentity(
            kind, Id128.ZERO, databaseId, pageSize, start.txid().next(), start.checksum());
    LtxHeader header =
        LtxHeader.plain(
            pageSize,
            last.commit(),
            start.txid().next(),
            last.after().txid(),
            last.timeMillis(),
            start.checksum());
    try (ObjectWriter object = new ObjectWriter(out, identity);
        Scratch index = Scratch.heap()) {
      LtxOutput file =
          object.beginFile(
              LtxWriter.literalLength(
                  pageSize, pages.keySet().stream().mapToLong(Long::longValue).iterator()));
      LtxWriter writer = new LtxWriter(file, header, PageEncoding.LITERAL, index);
      for (var page : pages.entrySet()) {
        writer.page(page.getKey(), page.getValue(), 0);
      }
      var trailer = writer.finish(last.after().checksum());
      object.endFile(FileRow.of(header, trailer, writer.length(), pages.size()));
      object.finish(last.after().txid());
    }
    return out.toByteArray();
  }
}
